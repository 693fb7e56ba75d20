/*!
What minting a token costs, in ratios that hold from machine to machine.

`cargo run --release -p grantmint-bench` measures grantmint against the floor that its signature
sets and against two other ways to make the same token, in interleaved rounds of one process, and
holds the ratios to their bars. `cargo bench -p grantmint-bench` gives times with confidence
intervals.
*/

pub mod cases;
pub mod peers;
pub mod rounds;
