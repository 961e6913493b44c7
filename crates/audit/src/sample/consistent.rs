//! Consistent sampling (Rivest 2018): each name has tickets that depend on the seed and the name alone.
//!
//! A larger sample contains the smaller one, and a name that is added moves no other. A ticket is `0.` and the decimal
//! digits of a SHA-256, last digit first. The reference pads to 64 digits where a hash may have 78, so tickets differ in length; they are
//! compared as text, as there, because a sample must be the one that others compute.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hakiki_note::{Hash, sha256, sha256_parts};

/// One drawn name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    /// The number by which tickets are ordered, as text.
    pub fraction: String,
    /// The name that holds it.
    pub name: String,
    /// The how-manieth ticket of this name it is, from 1.
    pub generation: u64,
}

/// The fewest digits of a ticket.
const PADDED_DIGITS: usize = 64;
/// Ten to the power of this many digits is taken off a hash at once: what fits 32 bits.
const DIGITS_AT_ONCE: u32 = 9;

/// `0.` and the decimal digits of SHA-256 of the text, last digit first.
pub fn uniform(text: &str) -> String {
    fraction_of(&sha256(text.as_bytes()))
}

/// The first ticket of a name.
pub fn first_fraction(name: &str, seed: &str) -> String {
    first_of(name, &sha256(seed.as_bytes()).to_string())
}

/// The ticket after `fraction` of the same name: above it, evenly spread over what remains.
pub fn next_fraction(fraction: &str) -> String {
    let digits = fraction.strip_prefix("0.").unwrap_or(fraction);
    let nines = &digits[..digits.len() - digits.trim_start_matches('9').len()];
    let least = format!("{fraction}0");
    let mut attempt = 0_u64;
    loop {
        attempt += 1;
        let fresh = uniform(&format!("{fraction}:{attempt}"));
        let candidate = format!("0.{nines}{}", fresh.strip_prefix("0.").unwrap_or(&fresh));
        if candidate > least {
            return candidate;
        }
    }
}

/// The ticket cut to its leading nines and `digits` more, for people to read.
pub fn trimmed(fraction: &str, digits: usize) -> &str {
    let after = fraction.strip_prefix("0.").unwrap_or(fraction);
    let nines = after.len() - after.trim_start_matches('9').len();
    let end = (fraction.len() - after.len() + nines + digits).min(fraction.len());
    &fraction[..end]
}

/// All names, each once, in the order of their first tickets.
pub fn order<'a>(names: impl IntoIterator<Item = &'a str>, seed: &str) -> Vec<Ticket> {
    let tickets = first_tickets(names, seed);
    // Sixteen digits tell nearly all tickets apart, and are compared at once.
    let digits = |ticket: &Ticket| {
        ticket.fraction.bytes().skip(2).take(16).fold(0_u128, |sum, digit| (sum << 8) | u128::from(digit))
    };
    let mut places: Vec<(u128, usize)> = tickets.iter().map(digits).zip(0..).collect();
    places.sort_unstable_by(|one, other| {
        one.0.cmp(&other.0).then_with(|| tickets[one.1].cmp(&tickets[other.1]))
    });
    let mut tickets: Vec<Option<Ticket>> = tickets.into_iter().map(Some).collect();
    places.into_iter().filter_map(|(_, place)| tickets[place].take()).collect()
}

/// The first `count` tickets where a drawn name goes back with its next ticket.
pub fn with_replacement<'a>(
    names: impl IntoIterator<Item = &'a str>,
    seed: &str,
    count: usize,
) -> Vec<Ticket> {
    let mut heap: BinaryHeap<Reverse<Ticket>> = first_tickets(names, seed).into_iter().map(Reverse).collect();
    let mut drawn = Vec::with_capacity(count);
    while drawn.len() < count {
        let Some(Reverse(ticket)) = heap.pop() else { break };
        heap.push(Reverse(Ticket {
            fraction: next_fraction(&ticket.fraction),
            name: ticket.name.clone(),
            generation: ticket.generation + 1,
        }));
        drawn.push(ticket);
    }
    drawn
}

fn first_tickets<'a>(names: impl IntoIterator<Item = &'a str>, seed: &str) -> Vec<Ticket> {
    let seed_hash = sha256(seed.as_bytes()).to_string();
    let ticket =
        |name: &str| Ticket { fraction: first_of(name, &seed_hash), name: name.to_owned(), generation: 1 };
    names.into_iter().map(ticket).collect()
}

fn first_of(name: &str, seed_hash: &str) -> String {
    fraction_of(&sha256_parts(&[seed_hash.as_bytes(), name.as_bytes()]))
}

/// The digits of a hash from the last to the first: what division by ten gives.
fn fraction_of(hash: &Hash) -> String {
    let mut limbs = [0_u32; 8];
    for (limb, bytes) in limbs.iter_mut().zip(hash.0.chunks_exact(4)) {
        *limb = bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
    }
    let mut text = Vec::with_capacity(2 + 78);
    text.extend_from_slice(b"0.");
    let mut number = &mut limbs[..];
    while let Some(first) = number.iter().position(|limb| *limb != 0) {
        number = &mut number[first..];
        let mut low = divide(number);
        let is_last = number.iter().all(|limb| *limb == 0);
        for _ in 0..DIGITS_AT_ONCE {
            if is_last && low == 0 {
                break;
            }
            text.push(b'0' + (low % 10) as u8);
            low /= 10;
        }
    }
    text.resize(text.len().max(2 + PADDED_DIGITS), b'0');
    String::from_utf8(text).unwrap_or_else(|_| unreachable!("digits and a point are text"))
}

/// Divides the number in `limbs` (highest first) by [`DIGITS_AT_ONCE`] tens and returns the remainder.
fn divide(limbs: &mut [u32]) -> u32 {
    // A constant, so that the compiler multiplies instead.
    const DIVISOR: u64 = 10_u64.pow(DIGITS_AT_ONCE);
    let mut rest = 0_u64;
    for limb in limbs {
        let part = (rest << 32) | u64::from(*limb);
        *limb = (part / DIVISOR) as u32;
        rest = part % DIVISOR;
    }
    rest as u32
}
