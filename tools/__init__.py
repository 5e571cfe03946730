"""What is run to build the project: the generated pages, the virtual environment."""
