//! Vietnamese conversations: what a message does, and where a talk is going.
