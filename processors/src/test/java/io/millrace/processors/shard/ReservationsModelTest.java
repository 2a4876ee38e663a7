package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reservation.End;
import io.millrace.processors.shard.Reservation.Id;
import io.millrace.processors.usage.Attributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of reservations is what one plain map of them knows, in all that befalls them. */
class ReservationsModelTest {
  private record Forgotten(long seq, Id id) {}

  /** The plain one; a batch works on a copy. */
  private static final class Model {
    final TreeMap<Id, Reservation> all;
    final List<Forgotten> forgotten;
    long lastEnded;

    Model(Model of) {
      all = new TreeMap<>(of.all);
      forgotten = new ArrayList<>(of.forgotten);
      lastEnded = of.lastEnded;
    }

    Model() {
      all = new TreeMap<>();
      forgotten = new ArrayList<>();
    }

    void put(Reservation r) {
      all.put(r.id(), r);
    }

    List<Reservation> those(boolean open) {
      return all.values().stream().filter(r -> r.isOpen() == open).toList();
    }

    void forget(long time, long seq, int most) {
      List<Reservation> ended = new ArrayList<>(those(false));
      ended.sort(Comparator.comparingLong(Reservation::ended));
      while (!ended.isEmpty()
          && (ended.size() > most || ended.getFirst().endedAt() < time - Reservations.KEPT)) {
        Id id = ended.removeFirst().id();
        all.remove(id);
        forgotten.add(new Forgotten(seq, id));
      }
    }

    byte[] encoded(long since) {
      ByteWriter out = new ByteWriter();
      out.varint(lastEnded);
      List<Forgotten> gone = forgotten.stream().filter(f -> since > 0 && f.seq > since).toList();
      out.varint(gone.size());
      for (Forgotten f : gone) {
        out.varint(f.id.seq());
        out.varint(f.id.n());
      }
      List<Reservation> changed =
          all.values().stream().filter(r -> since == 0 || r.changedSeq() > since).toList();
      out.varint(changed.size());
      changed.forEach(r -> r.encode(out));
      return out.toByteArray();
    }

    /** As it is where it was read from checkpoints. */
    Model restored() {
      Model restored = new Model();
      all.values().forEach(r -> restored.put(with(r, r.left(), 0)));
      restored.lastEnded = lastEnded;
      return restored;
    }
  }

  private static final int ACCOUNTS = 5;

  private final List<Runnable> undo = new ArrayList<>();
  private Model model = new Model();
  private int most;
  private long seq;
  private long time;
  private Reservations reservations;
  private Reservations restored;

  private Reservations none() {
    return new Reservations(undo, most, subscription -> subscription / 2);
  }

  private static Attributes said(Random random) {
    return random.nextInt(6) > 0
        ? Attributes.NONE
        : Attributes.of(Map.of("zone", "z" + random.nextInt(3)));
  }

  private static Reservation with(Reservation r, long left, long changedSeq) {
    return with(r, r.said(), left, changedSeq);
  }

  private static Reservation with(Reservation r, Attributes said, long left, long changedSeq) {
    return new Reservation(
        r.seq(),
        r.n(),
        r.account(),
        r.subscription(),
        r.at(),
        r.type(),
        r.value(),
        said,
        r.granted(),
        left,
        r.held(),
        r.until(),
        r.end(),
        r.ended(),
        r.endedAt(),
        changedSeq);
  }

  private Reservation granted(Random random, int n) {
    long quantity = random.nextLong() >>> 1 + random.nextInt(63);
    return new Reservation(
        seq,
        n,
        random.nextInt(10) == 0 ? Integer.MAX_VALUE - 1 : random.nextInt(ACCOUNTS),
        random.nextInt(20),
        time - random.nextInt(100),
        random.nextInt(3),
        random.nextInt(4),
        said(random),
        quantity,
        quantity,
        random.nextLong() >>> 1 + random.nextInt(63),
        time + 1 + random.nextInt(10_000),
        End.OPEN,
        0,
        0,
        seq);
  }

  private void put(Reservation r) {
    reservations.put(r);
    model.put(r);
  }

  /** Something befalls one of them. */
  private void step(Random random, int n) {
    List<Reservation> open = model.those(true);
    List<Reservation> ended = model.those(false);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> put(granted(random, n));
      case 3 -> {
        if (!open.isEmpty()) {
          Reservation r = open.get(random.nextInt(open.size()));
          put(r.committed(r.left() / 2, r.held() / 3, seq));
        }
      }
      case 4 -> {
        if (!ended.isEmpty() && random.nextInt(8) == 0) { // None does now.
          Reservation r = ended.get(random.nextInt(ended.size()));
          put(with(r, random.nextBoolean() ? r.said() : said(random), r.left() / 2, seq));
        }
      }
      default -> {
        if (!open.isEmpty()) {
          Reservation r = open.get(random.nextInt(open.size()));
          assertEquals(++model.lastEnded, reservations.nextEnded());
          End how = End.values()[1 + random.nextInt(3)];
          put(r.ended(how, model.lastEnded, time, seq));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 8", "2, 40, 30", "3, 700, 60"})
  void whateverIsGrantedEndedAndUndone_isKnownAsByAPlainMap(long seed, int bound, int batch) {
    Random random = new Random(seed);
    most = bound;
    reservations = none();
    restored = none();
    long since = 0;
    for (seq = 1; seq <= 1_200; seq++) {
      Model before = new Model(model);
      time += random.nextInt(300) == 0 ? Reservations.KEPT + 1 : random.nextInt(500);
      reservations.forget(time, seq);
      model.forget(time, seq, most);
      int steps = random.nextInt(1 + batch);
      for (int n = 0; n < steps; n++) {
        step(random, n);
      }
      if (random.nextInt(4) == 0) {
        for (Runnable each : undo.reversed()) {
          each.run();
        }
        model = before;
        seq -= random.nextInt(2); // It may be tried again.
      } else {
        reservations.accept();
      }
      undo.clear();
      if (random.nextInt(5) == 0) {
        assertSame(reservations, random);
        assertArrayEquals(model.encoded(since), encoded(reservations, since));
        if (random.nextInt(4) > 0) { // Else it is not stored.
          restored.overlay(new ByteReader(encoded(reservations, since)));
          since = seq;
          assertSame(restored, random);
        }
      }
      if (random.nextInt(200) == 0 && since == seq) { // Another goes on.
        model = model.restored();
        reservations = restored;
        restored = none();
        since = 0;
      }
    }
    assertTrue(model.lastEnded > 5L * most, "it has hardly been tried");
  }

  private void assertSame(Reservations those, Random random) {
    assertArrayEquals(model.encoded(0), encoded(those, 0));
    for (Reservation r : model.all.values()) {
      Reservation found = those.find(r.seq(), r.n());
      assertEquals(r, found == null ? null : with(found, found.left(), r.changedSeq()));
    }
    assertNull(those.find(1 + random.nextLong(seq), 1_000));
    model.forgotten.forEach(f -> assertNull(those.find(f.id.seq(), f.id.n())));
    List<Reservation> open = model.those(true);
    assertEquals(
        open.stream().mapToLong(Reservation::until).min().orElse(Long.MAX_VALUE), those.nextDue());
    for (int account = 0; account < ACCOUNTS; account++) {
      int of = account;
      assertEquals(
          open.stream().filter(r -> r.account() == of).map(those::use).distinct().sorted().toList(),
          those.uses(account));
      for (Reservations.Use use : those.uses(account)) {
        assertEquals(
            open.stream()
                .filter(r -> those.use(r).equals(use))
                .map(r -> with(r, r.left(), 0))
                .toList(),
            those.open(use).stream().map(r -> with(r, r.left(), 0)).toList());
      }
    }
  }

  private static byte[] encoded(Reservations reservations, long since) {
    ByteWriter out = new ByteWriter();
    reservations.encode(out, since);
    return out.toByteArray();
  }
}
