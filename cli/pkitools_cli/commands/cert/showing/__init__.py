"""What ``cert show`` says to people, a module per kind of thing that a file may hold."""
