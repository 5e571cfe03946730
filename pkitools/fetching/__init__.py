"""One document over HTTP: which addresses may be asked, the connection, and what is kept between runs."""
