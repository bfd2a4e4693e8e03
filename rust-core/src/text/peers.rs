//! The conversations of one phone: a bounded number, where the risky ones are kept longest.

use std::collections::BTreeMap;

use super::conversation::{Conversation, TurnVerdict};
use super::indicator::Side;
use super::model::TextModel;
use super::peer_trust::PeerTrust;

/// Most peers that are remembered.
pub const MAX_PEERS: usize = 1000;

/// A peer as the app names it to the core: any 16 bytes that do not tell who it is, such as a keyed hash of its id.
pub type PeerKey = [u8; 16];

/// All conversations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conversations {
    peers: BTreeMap<PeerKey, Conversation>,
}

impl Conversations {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next message of a peer. See [`Conversation::check`].
    pub fn check(
        &mut self,
        model: &TextModel,
        peer: PeerKey,
        message: &str,
        side: Side,
        minutes: f64,
        trust: PeerTrust,
    ) -> TurnVerdict {
        if !self.peers.contains_key(&peer) && self.peers.len() >= MAX_PEERS {
            self.forget_least();
        }
        let conversation = self.peers.entry(peer).or_insert_with(|| Conversation::new(model));
        conversation.check(model, message, side, minutes, trust)
    }

    /// The conversation with a peer.
    pub fn get(&self, peer: &PeerKey) -> Option<&Conversation> {
        self.peers.get(peer)
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.peers.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// Forgets a peer, as when a contact is deleted.
    pub fn forget(&mut self, peer: &PeerKey) {
        self.peers.remove(peer);
    }

    /// Forgets everything, as when consent is withdrawn.
    pub fn clear(&mut self) {
        self.peers.clear();
    }

    /// Every peer with its state as bytes, to be sealed on disk.
    pub fn states(&self) -> impl Iterator<Item = (PeerKey, Vec<u8>)> + '_ {
        self.peers.iter().map(|(peer, conversation)| (*peer, conversation.to_bytes()))
    }

    /// Restores a peer. `false` where the bytes are no state of this version, or no room is left.
    pub fn restore(&mut self, peer: PeerKey, state: &[u8]) -> bool {
        if self.peers.len() >= MAX_PEERS && !self.peers.contains_key(&peer) {
            return false;
        }
        Conversation::from_bytes(state).map(|c| self.peers.insert(peer, c)).is_some()
    }

    /// Forgets the peer that was never warned of, has the least risk and is longest silent. Only where every peer was
    /// warned of does a warned one go.
    fn forget_least(&mut self) {
        let least = self
            .peers
            .iter()
            .min_by(|(_, a), (_, b)| a.worth().cmp(&b.worth()).then(a.last_minutes().total_cmp(&b.last_minutes())))
            .map(|(peer, _)| *peer);
        if let Some(peer) = least {
            self.peers.remove(&peer);
        }
    }
}
