"""The routes of the page, a module per section: each reads a form, calls the library and gives a screen."""
