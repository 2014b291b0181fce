// SPDX-License-Identifier: EUPL-1.2
//! Tiles: the tree cut in pieces of 256 hashes that never change once they are full, and the entries in bundles of as many
//! (C2SP tlog-tiles). Whoever has them checks everything by themselves.

use super::known::BLOCK;

/// How many hashes a full tile holds, and how many entries a full bundle.
pub const WIDTH: u64 = BLOCK;

/// The highest level that the standard speaks of. A log of 2^64 entries would have no more than seven.
const HIGHEST: u8 = 63;

/// Tegel: a tile, or a bundle of entries as one of level zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "tegel")]
pub struct Tile {
    level: u8,
    number: u64,
    width: u64,
}

impl Tile {
    /// Reads the coordinates of a tile: its level, and its place as `x001/x234/067` or `x001/x234/067.p/8`. Each tile has
    /// one spelling.
    #[must_use]
    pub fn parse(level: &str, place: &str) -> Option<Self> {
        let level = number(level).filter(|level| *level <= u64::from(HIGHEST))?;
        let (place, width) = match place.split_once(".p/") {
            Some((place, width)) => (place, number(width).filter(|width| (1..WIDTH).contains(width))?),
            None => (place, WIDTH),
        };
        Some(Self { level: u8::try_from(level).ok()?, number: groups(place)?, width })
    }

    /// Reads the place of a bundle of entries.
    #[must_use]
    pub fn bundle(place: &str) -> Option<Self> {
        Self::parse("0", place)
    }

    /// How many leaves stand under each of its hashes; nothing when no log is that large.
    fn span(self) -> Option<u64> {
        1_u64.checked_shl(u32::from(self.level) * 8)
    }

    /// The leaves under it, when a tree of this size has all of them.
    #[must_use]
    pub fn leaves(self, size: u64) -> Option<std::ops::Range<u64>> {
        let span = self.span().filter(|_| u32::from(self.level) * 8 < u64::BITS)?;
        let first = self.number.checked_mul(WIDTH)?;
        let end = first.checked_add(self.width)?.checked_mul(span)?;
        (end <= size).then(|| first * span..end)
    }

    /// The leaves under each of its hashes, in their order, when a tree of this size has all of them.
    #[must_use]
    pub fn parts(self, size: u64) -> Option<impl Iterator<Item = std::ops::Range<u64>>> {
        let (leaves, span) = (self.leaves(size)?, self.span()?);
        Some((0..self.width).map(move |number| {
            let first = leaves.start + number * span;
            first..first + span
        }))
    }

    /// Whether its hashes are those of leaves.
    #[must_use]
    pub fn is_of_leaves(self) -> bool {
        self.level == 0
    }
}

/// A number without a leading zero.
fn number(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = canonical && !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A number in groups of three digits, all but the last behind an x, and the first not of zeros alone.
fn groups(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split('/').collect();
    let (last, before) = parts.split_last()?;
    if before.first() == Some(&"x000") {
        return None;
    }
    let marked = before.iter().map(|group| group.strip_prefix('x'));
    marked.chain([Some(*last)]).try_fold(0_u64, |sum, group| {
        let group = group.filter(|group| group.len() == 3 && group.bytes().all(|letter| letter.is_ascii_digit()))?;
        sum.checked_mul(1_000)?.checked_add(group.parse().ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_spelt_in_one_way() {
        for (level, place, number, width) in [
            ("0", "000", 0, 256),
            ("63", "999", 999, 256),
            ("1", "x001/000", 1_000, 256),
            ("0", "x001/x234/067", 1_234_067, 256),
            ("0", "x001/x234/067.p/8", 1_234_067, 8),
            ("2", "000.p/255", 0, 255),
        ] {
            let level_read = level.parse().unwrap();
            assert_eq!(Tile::parse(level, place), Some(Tile { level: level_read, number, width }), "{level}/{place}");
        }
        for (level, place) in [
            ("00", "000"),
            ("64", "000"),
            ("-1", "000"),
            ("", "000"),
            ("0", ""),
            ("0", "0"),
            ("0", "0000"),
            ("0", "x000/001"),
            ("0", "001/000"),
            ("0", "x001/x000"),
            ("0", "x001//000"),
            ("0", "000.p/0"),
            ("0", "000.p/256"),
            ("0", "000.p/08"),
            ("0", "000.p/"),
            ("0", "000.p"),
            ("0", "x999/x999/x999/x999/x999/x999/999"),
            ("0", "+01"),
        ] {
            assert_eq!(Tile::parse(level, place), None, "{level}/{place}");
        }
    }

    #[test]
    fn a_tile_is_there_when_all_its_leaves_are() {
        let there = |level: &str, place: &str, size| Tile::parse(level, place).unwrap().leaves(size);
        for (level, place, size, leaves) in [
            ("0", "000", 256, Some(0..256)),
            ("0", "000", 255, None),
            ("0", "000.p/255", 255, Some(0..255)),
            ("0", "000.p/3", 255, Some(0..3)),
            ("0", "001.p/1", 256, None),
            ("0", "001.p/1", 257, Some(256..257)),
            ("1", "000.p/1", 256, Some(0..256)),
            ("1", "000.p/2", 511, None),
            ("1", "001", 131_072, Some(65_536..131_072)),
            ("7", "000.p/1", u64::MAX, Some(0..1 << 56)),
            ("8", "000.p/1", u64::MAX, None),
            ("63", "000", u64::MAX, None),
            ("0", "x018/x446/x744/x073/x709/x551/615", u64::MAX, None),
        ] {
            assert_eq!(there(level, place, size), leaves, "{level}/{place} of {size}");
        }
        let parts: Vec<_> = Tile::parse("1", "001.p/2").unwrap().parts(100_000).unwrap().collect();
        assert_eq!(parts, [65_536..65_792, 65_792..66_048]);
    }
}
