//! Known-image matching: exact digests and PDQ, on a list that can be trusted.
