"""What a report says to people before its details, and operands as people read them."""
