package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace rate --accounts}. */
class GivenAccountsTest {
  private static final String PASSES =
      """
      catalog: passes
      effective: 2026-11-01
      currency: EUR
      zone: Europe/Madrid
      meters:
        data: {event: data, value: data.mb, unit: MB, scale: 0, aggregate: sum}
        app: {event: app, value: data.mb, unit: MB, scale: 0, aggregate: sum}
      offers:
        sim:
          scope: device
          window: day
          allowances:
            - {allowance: extra, bought: true, unit: MB, of: data}
          charges:
            data: {meter: data, unit: MB, per-unit: 1}
            app: {meter: app, unit: MB, per-unit: 1, paid-by: {account: maker, within: balance}}
      """;

  @TempDir Path folder;

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static String used(String type, String subject, long id, int mb) {
    return """
    {"specversion":"1.0","id":"%d","source":"/s","type":"%s","subject":"%s","time":"2026-11-05T10:00:00Z","data":{"mb":%d}}
    """
        .formatted(id, type, subject, mb);
  }

  @Test
  void whatAccountsHave_isDrawnOn() throws IOException {
    String plan = write("passes.yaml", PASSES);
    String usage =
        write(
            "usage.jsonl",
            used("data", "a", 1, 50)
                + used("data", "b", 1, 50)
                + used("app", "a", 2, 7)
                + used("app", "b", 2, 7));
    String accounts =
        write(
            "accounts.jsonl",
            """
            {account: a, allowance: extra, units: 30, at: 2026-11-02, expires: 2026-12-02}

            {"account": "maker", "balance": "12.50"}
            {"account": "maker", "adjust": "-2.50", "at": "2026-11-03"}
            """);
    RanRate ran = RanRate.of("--catalog", plan, "--usage", usage, "--accounts", accounts);
    assertEquals(0, ran.code(), ran.err());
    assertEquals(
        """
        passes, 2 devices until 2026-11-30T23:00:00Z: 4 events charged, 0 duplicates, 0 not charged

        charge             quantity  unit  price  amount  tax
        sim data           100       MB           70
          bought of extra  30        MB    0      0
          each MB          70        MB    1      70
        sim app            14        MB           14
          each MB          14        MB    1      14

        account  amount
        a        20
        b        54
        maker    10

        total EUR 84
        """,
        ran.out().replaceAll(" +\n", "\n"));
    String words = "{device: a, at: 2026-11-05, event: data, mb: 9}";
    assertTrue(
        RanRate.of("--catalog", plan, "--accounts", accounts, words).out().contains("of extra"));
    // A catalog that sells no passes is compared with one that does.
    String without = write("without.yaml", PASSES.replaceAll("(?m)^ *allowances:\n.*\n", ""));
    RanRate both =
        RanRate.of(
            "--catalog", plan, "--against", without, "--usage", usage, "--accounts", accounts);
    assertEquals(0, both.code(), both.err());
    assertTrue(both.out().contains("total EUR 114 before, 84 after"), both.out());
    assertTrue(
        RanRate.of("--catalog", without, "--against", plan).err().contains("WARNING takes-away"));
  }

  @Test
  void whatAccountsHave_isRefusedByItsLine() throws IOException {
    String plan = write("passes.yaml", PASSES);
    String[] rows = {
      "{account: a, allowance: extr, units: 3}", ":2:25: unknown-allowance",
      "{account: maker, adjust: -1}", ":2: insufficient",
      "{account: a, units: 3}", ":2:1: missing-field: what is given has no 'allowance'",
      "{account: maker, balance: much}", ":2:27: bad-number",
      "no words", ":2:1: bad-type",
      "{account: a, allowance: extra, units: 3, expires: 2026-10-01}", ":2: bucket-terms",
    };
    for (int i = 0; i < rows.length; i += 2) {
      String accounts = write("a.yaml", "{account: a, allowance: extra, units: 3}\n" + rows[i]);
      told(
          RanRate.of(
              "--catalog", plan, "--accounts", accounts, "{at: 2026-11-05, event: data, mb: 1}"),
          1,
          "a.yaml" + rows[i + 1]);
    }
    told(
        RanRate.of(
            "--catalog",
            plan,
            "--accounts",
            folder.resolve("none").toString(),
            "{at: 2026-11-05, event: data, mb: 1}"),
        1,
        "the accounts file ");
  }

  /** A name that is written wrong gets what it gets, and nobody uses it. */
  @Test
  void accountThatNoDeviceIsOn_isWarnedOf() throws IOException {
    String plan = write("passes.yaml", PASSES);
    String usage = write("usage.jsonl", used("data", "a", 1, 50) + used("app", "a", 2, 7));
    String accounts =
        write(
            "accounts.jsonl",
            """
            {account: city, allowance: extra, units: 30}
            {account: citty, allowance: extra, units: 30}

            {account: maker, balance: 10}
            {account: maker2, balance: 10}
            {account: idle, balance: 10}
            """);
    String devices =
        write(
            "devices.csv",
            """
            subject,account,offer,from,to
            a,city,sim,2026-11-01T00:00:00Z,
            b,idle,sim,2026-11-01T00:00:00Z,
            """);
    String[] args = {"--catalog", plan, "--usage", usage, "--accounts", accounts};
    String fix =
        "Name it as the list of devices does, or without one as a subject; or remove the line\n";
    String warned =
        """
        WARNING %s:2:1: no-device: no device is on the account citty, so nobody used this. %s\
        WARNING %s:5:1: no-device: no device is on the account maker2, so nobody used this. %s\
        """
            .formatted(accounts, fix, accounts, fix);
    List<String> listed = new ArrayList<>(List.of(args));
    Collections.addAll(listed, "--devices", devices);
    RanRate ran = RanRate.of(listed.toArray(String[]::new));
    assertEquals(0, ran.code(), ran.err());
    assertEquals(warned, ran.err());
    // The same where each account is in the shard of its devices, and where it is not.
    Files.writeString(Path.of(accounts), "{account: city, balance: 1}\n{account: idl, balance: 1}");
    assertEquals(
        "WARNING %s:2:1: no-device: no device is on the account idl, so nobody used this. %s"
            .formatted(accounts, fix),
        RanRate.of(listed.toArray(String[]::new)).err());
    // Whoever shows up has an account of its own name; what another catalog knows is known.
    Files.writeString(Path.of(accounts), "{account: a, balance: 1}\n{account: maker, balance: 1}");
    assertEquals("", RanRate.of(args).err());
    String other = write("other.yaml", PASSES.replace("account: maker", "account: maker2"));
    Files.writeString(Path.of(accounts), "{account: maker2, balance: 1}");
    listed.clear();
    Collections.addAll(listed, args);
    assertTrue(RanRate.of(args).err().contains("account maker2"), "known to none");
    Collections.addAll(listed, "--against", other);
    assertEquals("", RanRate.of(listed.toArray(String[]::new)).err());
    Files.writeString(Path.of(accounts), "{account: x, balance: 1}\n".repeat(23));
    RanRate many = RanRate.of(args);
    assertEquals(21, many.err().lines().count(), many.err());
    assertTrue(many.err().endsWith("so it is with 3 more lines\n"), many.err());
  }

  private static void told(RanRate ran, int code, String words) {
    assertEquals(code, ran.code(), ran.out() + ran.err());
    assertTrue(ran.err().contains(words), ran.err());
  }
}
