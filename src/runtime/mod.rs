//! The imperative rim: terminal, threads, the loop.
