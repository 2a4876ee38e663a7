package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Letter;
import io.millrace.processors.journal.MessageCodec;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Brings a node's shards the messages that others have sent them. They come from the table only,
 * also those of this node's own shards: a read after a commit shows all that its sender has sent
 * before, whichever node had it then, so that none is passed over.
 */
final class Mail {
  /** Messages read for one commit; some are as long as a device's windows. */
  private static final int MOST_LETTERS = 64;

  private final Store store;
  private boolean due;

  Mail(Store store) {
    this.store = store;
  }

  /** Some may have come. */
  void look() {
    due = true;
  }

  /** A commit was made: what it sent may be for this node. */
  void sent(Effects effects) {
    due |= !effects.messages.isEmpty();
  }

  boolean isDue() {
    return due;
  }

  /**
   * Puts what has come into the inboxes, if some may have come.
   *
   * @param number the next commit's, as drawn before
   * @return the number to commit under: with messages a new one, which is above those of the
   *     commits that sent them, so that a device's commits are in the order of their numbers
   *     wherever it was
   */
  long read(SortedMap<Integer, Owned> owned, long number) {
    if (!due) {
      return number;
    }
    List<Letter> letters =
        owned.isEmpty() ? List.of() : store.letters(owned.keySet(), held(owned), MOST_LETTERS);
    boolean some = false;
    for (Owned o : owned.values()) {
      List<Command.Received> inbox = new ArrayList<>();
      for (Letter l : letters) {
        if (l.to() == o.number()) {
          inbox.add(new Command.Received(l.from(), l.seq(), l.n(), MessageCodec.decode(l.body())));
        }
      }
      o.inbox = inbox;
      some |= !inbox.isEmpty();
    }
    long next = some ? store.nextNumber() : number;
    due = some && letters.size() == MOST_LETTERS;
    return next;
  }

  /** Whose letters wait: read with the others, so many of them would leave no room for those. */
  private static List<Store.Pair> held(SortedMap<Integer, Owned> owned) {
    return owned.values().stream()
        .flatMap(o -> o.held.stream().map(from -> new Store.Pair(from, o.number())))
        .toList();
  }
}
