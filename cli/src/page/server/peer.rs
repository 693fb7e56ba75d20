//! Whose program is at the other end of a connection.

use std::net::SocketAddr;

/// Whether it belongs to this user or to root. Where the system does not say, the session's key decides alone.
#[cfg(target_os = "linux")]
pub(super) fn may_connect(peer: SocketAddr, own: SocketAddr) -> bool {
    let ours = nix::unistd::geteuid().as_raw();
    linux::uid(peer, own).is_none_or(|uid| uid == ours || uid == 0)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn may_connect(_peer: SocketAddr, _own: SocketAddr) -> bool {
    true
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::net::{IpAddr, SocketAddr};

    /// Far more than a machine has; a table that is longer is not read to its end.
    const TABLE_MAX_BYTES: u64 = 64 * 1024 * 1024;
    const ESTABLISHED: &str = "01";

    /// The user of the socket at `peer` that is connected with `own`.
    pub(super) fn uid(peer: SocketAddr, own: SocketAddr) -> Option<u32> {
        let (IpAddr::V4(_), IpAddr::V4(_)) = (peer.ip(), own.ip()) else { return None };
        // A socket of IPv6 can be connected with an address of IPv4.
        ["/proc/net/tcp", "/proc/net/tcp6"].into_iter().find_map(|table| {
            let lines = BufReader::new(File::open(table).ok()?.take(TABLE_MAX_BYTES)).lines();
            lines.map_while(Result::ok).find_map(|line| uid_of_row(&line, peer, own))
        })
    }

    /// The user that a row of the table names, if it is that of this connection's other end.
    fn uid_of_row(row: &str, peer: SocketAddr, own: SocketAddr) -> Option<u32> {
        let mut fields = row.split_ascii_whitespace().skip(1);
        let (from, to) = (fields.next()?, fields.next()?);
        let is_it = ends_with(from, peer) && ends_with(to, own) && fields.next()? == ESTABLISHED;
        // Queues, timer and retransmits stand before it.
        if is_it { fields.nth(3)?.parse().ok() } else { None }
    }

    /// Whether a field is this address, or the one of IPv6 that stands for it.
    fn ends_with(field: &str, address: SocketAddr) -> bool {
        let IpAddr::V4(ip) = address.ip() else { return false };
        // The kernel prints the number as the machine has it in memory.
        let number = u32::from_ne_bytes(ip.octets());
        let short = format!("{number:08X}:{:04X}", address.port());
        field == short || field == format!("0000000000000000{:08X}{short}", 0xFFFF_u32.to_be())
    }

    #[cfg(test)]
    mod tests {
        use std::net::{TcpListener, TcpStream};

        use super::*;

        #[test]
        fn a_connection_of_ours_is_found_from_both_its_ends() {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let ours = nix::unistd::geteuid().as_raw();
            let (peer, own) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
            assert_eq!(uid(peer, own), Some(ours));
            assert_eq!(uid(own, own), None);
        }

        #[test]
        fn rows_are_read_as_the_kernel_writes_them() {
            let (peer, own) =
                ("127.0.0.1:47262".parse().unwrap(), "127.0.0.1:8080".parse().unwrap());
            let v4 = "  3: 0100007F:B89E 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 42 1";
            let v6 = "  3: 0000000000000000FFFF00000100007F:B89E 0000000000000000FFFF00000100007F:1F90 01 \
                      00000000:00000000 00:00000000 00000000  1001        0 42 1";
            if cfg!(target_endian = "little") {
                assert_eq!(uid_of_row(v4, peer, own), Some(1000));
                assert_eq!(uid_of_row(v6, peer, own), Some(1001));
                // A closed connection's row names root, whoever had it.
                assert_eq!(uid_of_row(&v4.replace(" 01 ", " 06 "), peer, own), None);
            }
            assert_eq!(uid_of_row(v4, own, peer), None);
            assert_eq!(uid_of_row("", peer, own), None);
            assert_eq!(uid_of_row("  sl  local_address rem_address   st", peer, own), None);
        }
    }
}
