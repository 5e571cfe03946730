"""What ``cert receive`` says to people: the table, why some of it is not in place, and what to do."""
