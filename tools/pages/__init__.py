"""Reference pages that are written from the project's own files; each module returns one page."""
