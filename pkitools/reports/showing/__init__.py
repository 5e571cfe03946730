"""What is in files, told whole: as data, and the facts that the text for people is made of."""
