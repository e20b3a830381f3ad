//! How many sockets there may be, so that nobody's take none from those of people.

use std::net::IpAddr;

use super::super::rates::{Place, Places, network};

/// Sockets without an actor.
const OF_NOBODY: usize = 200;
/// And those of one network.
const OF_NOBODY_EACH: usize = 20;

/// Places of sockets, by network.
pub struct SocketPlaces {
    known: Places<IpAddr>,
    /// Of those that may still say who they are, for which they have little time.
    greeting: Places<IpAddr>,
    nobody: Places<IpAddr>,
}

impl SocketPlaces {
    /// So many sockets with an actor, and so many of one network; as many more that have not said yet who they are.
    pub fn new(most: usize, most_per_network: usize) -> Self {
        let places = || Places::new(most, most_per_network);
        Self { known: places(), greeting: places(), nobody: Places::new(OF_NOBODY, OF_NOBODY_EACH) }
    }

    /// For a socket that begins; it is known already who that is, or will be said.
    pub(super) fn at_handshake(&self, client: IpAddr, known: bool) -> Option<Place<IpAddr>> {
        let places = if known { &self.known } else { &self.greeting };
        places.take(network(client))
    }

    /// For a socket that has said who it is: somebody, or nobody.
    pub(super) fn after_greeting(&self, client: IpAddr, known: bool) -> Option<Place<IpAddr>> {
        let places = if known { &self.known } else { &self.nobody };
        places.take(network(client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn sockets_of_nobody_take_no_place_from_others() {
        let places = SocketPlaces::new(300, 100);
        let client = |network: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(network).expect("a small number")));
        let mut held = Vec::new();
        for number in 0..OF_NOBODY {
            held.push(places.after_greeting(client(number / OF_NOBODY_EACH), false).expect("there is room"));
        }
        let another = OF_NOBODY;
        assert!(places.after_greeting(client(another), false).is_none(), "nobody has all that nobody may have");
        for number in 0..300 {
            held.push(places.at_handshake(client(number), false).expect("there is room"));
        }
        assert!(places.at_handshake(client(another), false).is_none(), "so many may be about to say who they are");
        assert!(places.at_handshake(client(another), true).is_some(), "who is known gets in");
        assert!(places.after_greeting(client(another), true).is_some(), "and who says it");
        held.clear();
        for _ in 0..OF_NOBODY_EACH {
            held.push(places.after_greeting(client(1), false).expect("there is room again"));
        }
        assert!(places.after_greeting(client(1), false).is_none(), "one network has its own bound");
    }
}
