//! Looks through this process' memory.

use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::{LazyLock, Mutex};

const HIDE: u8 = 0x55;
const WINDOW: usize = 1 << 20;
const MAPS: usize = 1 << 20;

/// What a search needs, made before what is looked for is dropped: a search that allocates would be given
/// that memory, and overwrite what it is to find.
static ROOM: LazyLock<Mutex<Room>> = LazyLock::new(|| {
    let (maps, ranges) = (Vec::with_capacity(MAPS), Vec::with_capacity(MAPS / 64));
    Mutex::new(Room { window: vec![0; WINDOW], maps, ranges })
});

struct Room {
    window: Vec<u8>,
    maps: Vec<u8>,
    ranges: Vec<Range<usize>>,
}

/// What is looked for, hidden so that it is not found here.
pub(crate) struct Needle(Vec<u8>);

impl Needle {
    /// The first 32 bytes of a text.
    #[cfg(feature = "test-helpers")]
    pub(crate) fn start_of(text: &str) -> Self {
        Self::at(text, 0)
    }

    /// 32 bytes from the middle of a text.
    pub(crate) fn middle_of(text: &str) -> Self {
        Self::at(text, text.len() / 2)
    }

    /// The last 32 bytes: of a token, its signature.
    pub(crate) fn end_of(text: &str) -> Self {
        Self::at(text, text.len() - 32)
    }

    fn at(text: &str, start: usize) -> Self {
        Self::of(&text.as_bytes()[start..start + 32])
    }

    pub(crate) fn of(bytes: &[u8]) -> Self {
        LazyLock::force(&ROOM);
        Self(bytes.iter().map(|byte| byte ^ HIDE).collect())
    }

    fn is_at(&self, bytes: &[u8]) -> bool {
        bytes.iter().zip(&self.0).all(|(byte, hidden)| *byte == hidden ^ HIDE)
    }

    /// How often it is in memory that can be written, stacks left out.
    pub(crate) fn copies(&self) -> usize {
        let memory = File::open("/proc/self/mem").unwrap();
        let Room { window, maps, ranges } = &mut *ROOM.lock().unwrap();
        let own = address(window)..address(window) + WINDOW;
        let mut found = 0;
        read_writable(maps, ranges);
        for range in &*ranges {
            for part in without(range, &own) {
                found += self.copies_within(part, &memory, window);
            }
        }
        window.fill(0);
        std::hint::black_box(&window);
        found
    }

    fn copies_within(&self, range: Range<usize>, memory: &File, window: &mut [u8]) -> usize {
        // Windows overlap by all but one byte of a needle, so that none is cut in two or found twice.
        let starts = range.clone().step_by(WINDOW - (self.0.len() - 1));
        starts
            .map(|start| {
                let len = WINDOW.min(range.end - start);
                let got = memory.read_at(&mut window[..len], start as u64).unwrap_or(0);
                let places = window[..got].windows(self.0.len());
                places.filter(|place| self.is_at(place)).count()
            })
            .sum()
    }
}

fn address(bytes: &[u8]) -> usize {
    bytes.as_ptr() as usize
}

/// What can be written, without an allocation.
fn read_writable(maps: &mut Vec<u8>, ranges: &mut Vec<Range<usize>>) {
    maps.clear();
    File::open("/proc/self/maps").unwrap().read_to_end(maps).unwrap();
    let of_line = |line: &str| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let hex = |text| usize::from_str_radix(text, 16).ok();
        let is_wanted = rest.as_bytes().get(1) == Some(&b'w') && !rest.ends_with("[stack]");
        is_wanted.then_some(hex(start)?..hex(end)?)
    };
    ranges.clear();
    ranges.extend(std::str::from_utf8(maps).unwrap().lines().filter_map(of_line));
    assert!(maps.capacity() == MAPS && ranges.capacity() == MAPS / 64, "there was room for all");
}

/// The range before and after another.
fn without(range: &Range<usize>, other: &Range<usize>) -> [Range<usize>; 2] {
    if other.end <= range.start || range.end <= other.start {
        return [range.clone(), 0..0];
    }
    [range.start..other.start.max(range.start), other.end.min(range.end)..range.end]
}
