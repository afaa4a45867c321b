"""The watch agent: new files of folders found, waited for until they are whole, sent, and remembered."""
