#![cfg(all(test, shuttle))]
