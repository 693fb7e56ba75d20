//! A TCP connection to the first of several addresses that takes one.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::deadline::Deadline;

/// The last of many addresses has at least this long.
const TRY_MIN: Duration = Duration::from_millis(10);

/// Tries one address after the other until the deadline.
pub(super) fn connect(addresses: &[SocketAddr], end: Deadline) -> io::Result<TcpStream> {
    let stream = first(addresses, end, TcpStream::connect_timeout)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// An address has twice as long as the next one, and all of them together have what is left: the first is most
/// likely right, and one that is silent keeps no caller from the others.
fn first<T>(
    addresses: &[SocketAddr],
    end: Deadline,
    mut try_one: impl FnMut(&SocketAddr, Duration) -> io::Result<T>,
) -> io::Result<T> {
    let time = end.left()?;
    let mut last = io::ErrorKind::ConnectionRefused.into();
    for (index, address) in addresses.iter().enumerate() {
        let share = share(time, index, addresses.len()).max(TRY_MIN);
        match try_one(address, share.min(end.left()?)) {
            Err(error) if is_of_the_address(&error) => last = error,
            result => return result,
        }
    }
    Err(last)
}

/// Of all parts, the first is half of them and one more, the next half of that, and the last is one.
fn share(time: Duration, index: usize, count: usize) -> Duration {
    // There are no more addresses than a look-up brings, so 32 bits are plenty.
    let parts = |count: usize| 1_u32 << count.min(31);
    let all = parts(count) - 1;
    (time / all).saturating_mul(parts(count - 1 - index))
}

/// Whether another address may do better. So do those of a machine that has no route to any IPv6 address.
fn is_of_the_address(error: &io::Error) -> bool {
    // Windows says so where a VPN or a firewall blocks a whole family of addresses.
    const WSAEACCES: i32 = 10013;
    let is_blocked = cfg!(windows) && error.raw_os_error() == Some(WSAEACCES);
    is_blocked
        || matches!(
            error.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::TimedOut
        )
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::TcpListener;

    use super::*;

    const TIME: Duration = Duration::from_secs(10);

    fn addresses(count: u16) -> Vec<SocketAddr> {
        (1..=count).map(|port| SocketAddr::from(([127, 0, 0, 1], port))).collect()
    }

    /// Tries so many addresses that answer so, and says how often, for how long, and what came of it.
    fn tried(answers: &[io::Result<u8>], end: Deadline) -> (Vec<Duration>, io::Result<u8>) {
        let (mut times, addresses) = (Vec::new(), addresses(answers.len().try_into().unwrap()));
        let result = first(&addresses, end, |address, time| {
            assert_eq!(usize::from(address.port()), times.len() + 1, "in their order");
            times.push(time);
            match &answers[times.len() - 1] {
                Ok(value) => Ok(*value),
                Err(error) => Err(error.kind().into()),
            }
        });
        (times, result)
    }

    #[test]
    fn after_what_concerns_one_address_the_next_is_tried() {
        for kind in [
            ErrorKind::ConnectionRefused,
            ErrorKind::HostUnreachable,
            ErrorKind::NetworkUnreachable,
            ErrorKind::AddrNotAvailable,
            ErrorKind::TimedOut,
        ] {
            let (times, result) = tried(&[Err(kind.into()), Ok(2), Ok(3)], Deadline::after(TIME));
            assert_eq!((times.len(), result.unwrap()), (2, 2), "{kind:?}");
        }
        let answers = [Err(ErrorKind::PermissionDenied.into()), Ok(2)];
        let (times, result) = tried(&answers, Deadline::after(TIME));
        assert_eq!((times.len(), result.unwrap_err().kind()), (1, ErrorKind::PermissionDenied));
    }

    #[test]
    fn the_last_address_says_why_and_none_at_all_is_a_refusal() {
        let answers = [Err(ErrorKind::TimedOut.into()), Err(ErrorKind::HostUnreachable.into())];
        let (_, result) = tried(&answers, Deadline::after(TIME));
        assert_eq!(result.unwrap_err().kind(), ErrorKind::HostUnreachable);
        let (_, result) = tried(&[], Deadline::after(TIME));
        assert_eq!(result.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn an_address_has_twice_as_long_as_the_next_and_all_have_what_is_left() {
        for count in 1..=16 {
            let shares: Vec<_> = (0..count).map(|index| share(TIME, index, count)).collect();
            assert!(shares.windows(2).all(|pair| pair[0] == pair[1] * 2), "{shares:?}");
            let all: Duration = shares.iter().sum();
            assert!(all <= TIME && TIME - all < Duration::from_millis(1), "{count}: {all:?}");
        }
        let answers = [Err(ErrorKind::TimedOut.into()), Ok(2)];
        let (times, _) = tried(&answers, Deadline::after(TIME));
        assert!(times[0] > TIME / 2 && times[1] < times[0], "{times:?}");
    }

    #[test]
    fn after_the_deadline_no_address_is_tried() {
        let (times, result) = tried(&[Ok(1)], Deadline::after(Duration::ZERO));
        assert_eq!((times.len(), result.unwrap_err().kind()), (0, ErrorKind::TimedOut));
    }

    #[test]
    fn of_several_addresses_the_first_that_answers_is_taken() {
        let there = TcpListener::bind("127.0.0.1:0").unwrap();
        // Nothing listens at the first any more, nor at the second on most machines.
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let v6 = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], gone.port()));
        let addresses = [v6, gone, there.local_addr().unwrap()];
        let stream = connect(&addresses, Deadline::after(TIME)).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addresses[2]);
        assert!(stream.nodelay().unwrap());
    }
}
