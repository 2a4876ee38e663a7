package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.codec.Births.Declared;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What edge nodes can fill the births with is bounded, and what is not kept is not misread. */
class StoredBirthsTest extends MovingLamps {
  private static final StoredBirths.Bounds SMALL = new StoredBirths.Bounds(3, 20, 2);

  private static List<Declared> says(String name) {
    return List.of(new Declared(name, 7, 4));
  }

  private StoredBirths births() {
    return new StoredBirths(database.pool(), tenant, SMALL);
  }

  private static Optional<String> alias(StoredBirths births, String node, long at) {
    return births.byAlias(node, 7, at).map(Declared::name);
  }

  @Test
  void nodeThatChangesAgainAndAgain_isKeptUpToItsBoundAndNeverMisread() throws SQLException {
    StoredBirths births = births();
    for (int i = 0; i < 50; i++) {
      births.born("g/e", 10 * i, says("m" + i));
    }
    for (StoredBirths each : List.of(births, births())) {
      assertEquals(Optional.of("m0"), alias(each, "g/e", 5));
      assertEquals(Optional.of("m2"), alias(each, "g/e", 29));
      assertEquals(Optional.empty(), alias(each, "g/e", 30), "not as what it stood for before");
      assertEquals(Optional.empty(), alias(each, "g/e", 1_000));
      assertEquals(4, each.of("g/e").size());
    }
    for (int i = 0; i < 50; i++) {
      births.born("g/e", 29 - i, says("again" + i));
    }
    assertTrue(births.of("g/e").size() <= 6);
  }

  @Test
  void manyNodes_areKeptUpToTheBoundOfAll() throws SQLException {
    StoredBirths births = births();
    for (int i = 0; i < 50; i++) {
      births.born("g/e" + i, 1, says("m"));
    }
    assertEquals(Optional.of("m"), alias(births, "g/e9", 1));
    assertEquals(Optional.empty(), alias(births, "g/e10", 1));
    assertEquals(Optional.empty(), alias(births(), "g/e49", 1));
  }

  @Test
  void wishes_areBoundedAndListedUntilTheBirthComes() throws SQLException {
    StoredBirths births = births();
    for (int i = 0; i < 50; i++) {
      births.rebirthWanted("g/e" + i);
    }
    assertEquals(
        List.of("g/e0 spBv1.0/g/NCMD/e0", "g/e1 spBv1.0/g/NCMD/e1"),
        Rebirth.wanted(database.pool(), tenant).stream()
            .map(r -> r.edge() + " " + r.topic().orElse(""))
            .toList());
    births.born("g/e0", 1, says("m"));
    births.rebirthWanted("g/e5");
    assertEquals(
        List.of("g/e1", "g/e5"),
        Rebirth.wanted(database.pool(), tenant).stream().map(Rebirth::edge).toList());
  }
}
