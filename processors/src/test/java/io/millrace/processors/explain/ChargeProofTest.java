package io.millrace.processors.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.ShardKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChargeProofTest {
  private static final ChargeId ID = new ChargeId(1, 3, 20, 0);
  private static final byte[] RATING = {1, 2, 3};
  private static final byte[] EVIDENCE = {4, 5, 6};

  private static final Verdict CHAIN = new Verdict("chain", true, "followed");
  private static final Rules RULES = rules();

  private static Rules rules() {
    Catalog catalog =
        switch (CatalogFile.read("test", CatalogFile.template("smart-city.yaml"))) {
          case CatalogFile.Result.Accepted a -> a.catalog();
          case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
        };
    return Rules.compile(1, 8, catalog, name -> 1);
  }

  /** Two events of 400 and 60 thousandths of a Wh: 23 nano-euro. */
  private static ChargeRow charge(int events, long quantity, long amount, String name) {
    ChargeRow row =
        new ChargeRow(
            0,
            7,
            12,
            RULES.catalog().hash(),
            "lamp",
            name,
            0,
            false,
            0,
            3_600_000,
            false,
            events,
            quantity,
            amount,
            10,
            20,
            new byte[0],
            new byte[] {5, 0, 0, 1},
            new byte[0]);
    return new ChargeRow(
        0,
        7,
        12,
        RULES.catalog().hash(),
        "lamp",
        name,
        0,
        false,
        0,
        3_600_000,
        false,
        events,
        quantity,
        amount,
        10,
        20,
        new byte[0],
        new byte[] {5, 0, 0, 1},
        Digests.charge(new ShardKey(1, 3), 20, row));
  }

  private static ChargeRow charge() {
    return charge(2, 460, 23, "energy");
  }

  private static void row(ChargeProof proof, byte[] rating, byte[] evidence) {
    byte[] hash = JournalCodec.hash(EVIDENCE);
    proof.journalRow(5, 1, rating, evidence, hash, JournalCodec.digest(5, 1, 1, RATING, hash));
  }

  private static ChargeProof walked(ChargeRow charge) {
    ChargeProof proof = new ChargeProof(ID, charge);
    row(proof, RATING, EVIDENCE);
    proof.event(new Ref(5, 0), 3, 7, 10, 400);
    proof.event(new Ref(5, 1), 3, 7, 20, 60);
    return proof;
  }

  /** Of the two events, where nothing was used before. */
  private static PriceWalk walk() {
    PriceWalk walk = new PriceWalk(RULES.offers().getFirst().last().usage().getFirst().curve());
    walk.event(new Ref(5, 0), 0, 400, true);
    walk.event(new Ref(5, 1), 0, 60, true);
    return walk;
  }

  private static List<String> faults(ChargeProof proof) {
    return faults(proof, walk());
  }

  private static List<String> faults(ChargeProof proof, PriceWalk walk) {
    return proof.verdicts(CHAIN, RULES, walk, 0).stream()
        .filter(v -> !v.good())
        .map(Verdict::check)
        .toList();
  }

  @Test
  void charge_isProven() {
    assertEquals(List.of(), faults(walked(charge())));
    assertEquals(7, walked(charge()).verdicts(CHAIN, RULES, walk(), 0).size());
  }

  @Test
  void changedCharge_isFound() {
    ChargeRow c = charge();
    ChargeRow changed =
        new ChargeRow(
            c.n(),
            c.subscription(),
            13,
            c.catalog(),
            c.offer(),
            c.name(),
            c.period(),
            c.late(),
            c.windowStart(),
            c.windowEnd(),
            c.delta(),
            c.events(),
            c.quantity(),
            c.amount(),
            c.firstAt(),
            c.lastAt(),
            c.tiers(),
            c.evidence(),
            c.digest());
    assertEquals(List.of("charge"), faults(walked(changed)));
  }

  @Test
  void changedJournalRow_isFoundAndNamed() {
    ChargeProof proof = new ChargeProof(ID, charge());
    row(proof, new byte[] {1, 2, 2}, EVIDENCE);
    row(proof, RATING, new byte[] {4, 5, 7});
    proof.event(new Ref(5, 0), 3, 7, 10, 400);
    proof.event(new Ref(5, 1), 3, 7, 20, 60);
    Verdict journal = proof.verdicts(CHAIN, RULES, walk(), 0).get(1);
    assertTrue(!journal.good());
    assertTrue(journal.says().contains("journal row 5 is not"), journal.says());
    assertTrue(journal.says().contains("evidence of journal row 5"), journal.says());
  }

  @Test
  void otherReadings_areFound() {
    ChargeProof proof = new ChargeProof(ID, charge());
    row(proof, RATING, EVIDENCE);
    proof.event(new Ref(5, 0), 3, 7, 10, 400);
    proof.event(new Ref(5, 1), 3, 7, 20, 61);
    assertEquals(List.of("quantity"), faults(proof));
  }

  @Test
  void foreignLostOrRepeatedEvents_areFound() {
    ChargeProof foreign = new ChargeProof(ID, charge());
    foreign.event(new Ref(5, 0), 3, 8, 10, 400);
    foreign.event(new Ref(5, 1), 3, 7, 20, 60);
    assertEquals(List.of("events"), faults(foreign));

    ChargeProof repeated = new ChargeProof(ID, charge());
    repeated.event(new Ref(5, 0), 3, 7, 10, 400);
    repeated.event(new Ref(5, 0), 3, 7, 20, 60);
    assertEquals(List.of("events"), faults(repeated));

    ChargeProof lost = new ChargeProof(ID, charge());
    lost.event(new Ref(5, 0), 3, 7, 10, 400);
    assertEquals(List.of("events", "quantity"), faults(lost));

    ChargeProof elsewhen = new ChargeProof(ID, charge());
    elsewhen.event(new Ref(5, 0), 3, 7, 10, 400);
    elsewhen.event(new Ref(5, 1), 3, 7, 3_600_000, 60);
    assertEquals(List.of("events"), faults(elsewhen));
  }

  @Test
  void rawThatIsGoneOrSaysElse_isNotProven() {
    ChargeProof gone = new ChargeProof(ID, charge());
    byte[] hash = JournalCodec.hash(EVIDENCE);
    gone.journalRow(5, 1, RATING, null, hash, JournalCodec.digest(5, 1, 1, RATING, hash));
    gone.event(new Ref(5, 0), 3, 7, 10, 400);
    gone.event(new Ref(5, 1), 3, 7, 20, 60);
    assertEquals(List.of("raw"), faults(gone));

    ChargeProof differs = walked(charge());
    differs.rawDiffers(new Ref(5, 1));
    assertEquals(List.of("raw"), faults(differs));
  }

  @Test
  void wrongPrice_isFoundToTheUnit() {
    assertEquals(List.of("price"), faults(walked(charge(2, 460, 24, "energy"))));
    assertEquals(List.of("price"), faults(walked(charge(2, 460, 22, "energy"))));
    PriceWalk none = null;
    assertEquals(List.of("price"), faults(walked(charge(2, 460, 23, "gone")), none));
    Verdict unknown = walked(charge()).verdicts(CHAIN, null, null, 0).getLast();
    assertEquals("price", unknown.check());
    assertTrue(!unknown.good());
  }

  @Test
  void priceThatHangsOnSomethingDamaged_saysOnWhat() {
    PriceWalk walk = walk();
    walk.fault("charge 1-3-9-0 is not what it was");
    Verdict price = walked(charge()).verdicts(CHAIN, RULES, walk, 0).getLast();
    assertTrue(!price.good());
    assertEquals("charge 1-3-9-0 is not what it was", price.says());
  }

  @Test
  void brokenChain_isNotProven() {
    Verdict broken = new Verdict("chain", false, "journal row 4 is gone");
    assertTrue(walked(charge()).verdicts(broken, RULES, walk(), 0).contains(broken));
  }

  @Test
  void recurringCharge_isItsAmountOnce() {
    ChargeProof proof = new ChargeProof(ID, charge(0, 1, 100_000_000, "lease"));
    assertEquals(List.of(), faults(proof));
    ChargeProof dear = new ChargeProof(ID, charge(0, 1, 100_000_001, "lease"));
    assertEquals(List.of("price"), faults(dear));
  }

  @Test
  void evidenceList_isPairsOfCommitAndRow() {
    ByteWriter out = new ByteWriter();
    for (long n : new long[] {300, 7, 0, 9, 1, 200_000}) {
      out.varint(n);
    }
    assertEquals(
        List.of(new Ref(300, 7), new Ref(300, 9), new Ref(301, 200_000)),
        EvidenceList.read(out.toByteArray()));
    assertEquals(List.of(), EvidenceList.read(new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> EvidenceList.read(new byte[] {5}));
    assertThrows(IllegalArgumentException.class, () -> EvidenceList.read(new byte[] {(byte) 0x80}));
  }
}
