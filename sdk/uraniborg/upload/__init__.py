"""Sending files: walked, digested, announced in batches, sent straight to the store, completed; all at once."""
