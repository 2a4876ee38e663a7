package io.millrace.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.oracle.Auditor;
import io.millrace.tests.oracle.Book;
import io.millrace.tests.oracle.Book.Balance;
import io.millrace.tests.oracle.Book.Charge;
import io.millrace.tests.oracle.Book.Counts;
import io.millrace.tests.oracle.Book.Message;
import io.millrace.tests.oracle.Book.Posting;
import io.millrace.tests.oracle.Book.Row;
import io.millrace.tests.oracle.Book.Section;
import io.millrace.tests.oracle.Book.Subscribed;
import io.millrace.tests.oracle.Book.Suspense;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The judge is judged: sound books with one row dropped or one unit flipped are never accepted. */
class AuditorTest {
  private static Simulation run;
  private static Book sound;

  /** The first run whose books have all that is damaged below. */
  @BeforeAll
  static void run() {
    long seed = 0;
    do {
      run = new Simulation(seed++, Planted.NONE, new Fault.Tally());
      assertEquals(List.of(), run.run(Integer.MAX_VALUE).findings());
      sound = run.book();
    } while (!hasAll(sound));
  }

  /**
   * A balance, something charged out of suspense, recurring, moved, and a first charge that is not
   * 0.
   */
  private static boolean hasAll(Book book) {
    return !book.funds().isEmpty()
        && book.suspense().stream().anyMatch(s -> s.state().equals("charged"))
        && book.sections().stream().anyMatch(AuditorTest::receives)
        && book.charges().stream().anyMatch(lease())
        && book.charges().stream().filter(usage()).findFirst().orElseThrow().amount() != 0;
  }

  @Test
  void soundBooks_areAccepted() {
    assertEquals(List.of(), Auditor.audit(run.agreed(), sound));
  }

  /** Whether the commit holds an event that no other holds. */
  private static boolean alone(Section s) {
    return s.rows().stream()
        .anyMatch(
            r ->
                sound.sections().stream()
                        .flatMap(other -> other.rows().stream())
                        .filter(other -> Arrays.equals(other.raw(), r.raw()))
                        .count()
                    == 1);
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        row("charge", "charge dropped", usage(), c -> null),
        row("telescoping", "charge dropped", usage(), c -> null),
        row("lease", "lease dropped", lease(), c -> null),
        row("entry", "charge dropped", usage(), c -> null),
        row(
            "charge",
            "amount up by one",
            usage(),
            c -> charge(c, c.period(), c.quantity(), c.amount() + 1)),
        row(
            "telescoping",
            "amount up by one",
            usage(),
            c -> charge(c, c.period(), c.quantity(), c.amount() + 1)),
        row(
            "share",
            "amount up by one",
            usage(),
            c -> charge(c, c.period(), c.quantity(), c.amount() + 1)),
        row(
            "charge",
            "quantity up by one",
            usage(),
            c -> charge(c, c.period(), c.quantity() + 1, c.amount())),
        row(
            "evidence",
            "quantity up by one",
            usage(),
            c -> charge(c, c.period(), c.quantity() + 1, c.amount())),
        row(
            "charge",
            "period one on",
            usage(),
            c -> charge(c, c.period() + 1, c.quantity(), c.amount())),
        row("lease", "period one on", lease(), c -> charge(c, c.period() + 1, 1, c.amount())),
        posting("entry", "posting dropped", p -> !p.name().isEmpty(), p -> null),
        posting("share", "share dropped", p -> p.name().isEmpty(), p -> null),
        posting("balance", "posting dropped", p -> true, p -> null),
        posting(
            "entry",
            "posting up by one",
            p -> true,
            p ->
                new Posting(
                    p.shard(),
                    p.seq(),
                    p.account(),
                    p.period(),
                    p.offer(),
                    p.name(),
                    p.late(),
                    p.amount() + 1)),
        of(
            "balance",
            "balance up by one",
            Book::balances,
            b -> true,
            b -> new Balance(b.account(), b.shard(), b.posted() + 1)),
        of("balance", "balance dropped", Book::balances, b -> b.posted() != 0, b -> null),
        of("suspense", "suspense dropped", Book::suspense, s -> true, s -> null),
        of(
            "suspense",
            "another reason",
            Book::suspense,
            s -> true,
            s -> new Suspense(s.hash(), s.source(), "no-time", s.raw(), s.state())),
        of(
            "suspense",
            "another state",
            Book::suspense,
            s -> s.state().equals("charged"),
            s -> new Suspense(s.hash(), s.source(), s.reason(), s.raw(), "open")),
        of(
            "suspense",
            "other bytes",
            Book::suspense,
            s -> true,
            s -> new Suspense(s.hash(), s.source(), s.reason(), new byte[1], s.state())),
        of("subscription", "subscription dropped", Book::subscriptions, s -> true, s -> null),
        of(
            "subscription",
            "account one on",
            Book::subscriptions,
            s -> true,
            s ->
                new Subscribed(
                    s.shard(),
                    s.id(),
                    s.account() + 1,
                    s.offer(),
                    s.from(),
                    s.to(),
                    s.takesOver())),
        of(
            "count",
            "one duplicate more",
            Book::counts,
            c -> true,
            c ->
                new Counts(
                    c.shard(),
                    c.source(),
                    c.received() + 1,
                    c.charged(),
                    c.duplicate() + 1,
                    c.suspended())),
        of(
            "count",
            "one charged less",
            Book::counts,
            c -> true,
            c ->
                new Counts(
                    c.shard(),
                    c.source(),
                    c.received(),
                    c.charged() - 1,
                    c.duplicate(),
                    c.suspended())),
        of("count", "counts dropped", Book::counts, c -> true, c -> null),
        of("funds", "a unit more", Book::funds, f -> true, f -> f.plus(1, 0)),
        of("units", "a unit of an allowance more", Book::funds, f -> true, f -> f.plus(0, 1)),
        of("journal", "commit dropped", Book::sections, s -> s.seq() == 3, s -> null),
        of("message", "commit dropped", Book::sections, AuditorTest::alone, s -> null),
        of(
            "journal",
            "time back",
            Book::sections,
            s -> s.seq() == 9,
            s -> section(s, s.ownerEpoch(), s.time() - 90_000_000, s.rows())),
        of(
            "journal",
            "stale owner",
            Book::sections,
            s -> s.seq() == 9,
            s -> section(s, s.ownerEpoch() + 1, s.time(), s.rows())),
        of(
            "journal",
            "verdict flipped",
            Book::sections,
            s -> has(s, "charged"),
            s -> section(s, s.ownerEpoch(), s.time(), flipped(s.rows()))),
        of(
            "journal",
            "closed early",
            Book::sections,
            s -> s.seq() == 2,
            s -> section(s, s.commit(), 9_999)),
        of(
            "message",
            "received under a number below the sender's",
            Book::sections,
            AuditorTest::receives,
            s -> section(s, 0, s.closed())),
        of(
            "message",
            "never told",
            Book::messages,
            m -> true,
            m -> new Message(m.kind(), m.source(), m.subscription(), m.id(), m.at(), m.raw(), 0)),
        of("message", "nobody's event", Book::messages, AuditorTest::isSentOnce, m -> null),
        of(
            "message",
            "told and lost",
            Book::messages,
            m -> m.kind().equals("usage"),
            m ->
                new Message(
                    m.kind(), m.source(), m.subscription(), m.id(), m.at(), new byte[2], 1)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("damages")
  void damagedBooks_areRefusedByTheCheckThatIsMeant(
      String check, String damage, Function<Book, Book> damaged) {
    List<String> findings = Auditor.audit(run.agreed(), damaged.apply(sound));
    assertTrue(
        findings.stream().anyMatch(f -> f.startsWith(check + ":")), () -> damage + ": " + findings);
  }

  @Test
  void lineOfALiveShard_upByOne_isRefused() {
    List<Book.Line> lines = new ArrayList<>(sound.lines());
    lines.add(new Book.Line(0, 101, "lamp", "energy", 9_000, 1, 1));
    Book damaged = with(sound, sound.lines(), lines);
    assertTrue(Auditor.audit(run.agreed(), damaged).getFirst().startsWith("line:"));
  }

  private static boolean isSentOnce(Message m) {
    return m.kind().equals("usage")
        && sound.messages().stream().filter(o -> Arrays.equals(o.raw(), m.raw())).count() == 1;
  }

  private static Predicate<Charge> lease() {
    return c -> c.name().equals("lease");
  }

  private static Predicate<Charge> usage() {
    return c -> c.events() > 0 && c.offer().equals("lamp");
  }

  private static Arguments row(
      String check, String damage, Predicate<Charge> which, UnaryOperator<Charge> change) {
    return of(check, damage, Book::charges, which, change);
  }

  private static Arguments posting(
      String check, String damage, Predicate<Posting> which, UnaryOperator<Posting> change) {
    return of(check, damage, Book::postings, which, change);
  }

  private static Charge charge(Charge c, int period, long quantity, long amount) {
    return new Charge(
        c.shard(),
        c.seq(),
        c.n(),
        c.subscription(),
        c.account(),
        c.offer(),
        c.name(),
        period,
        c.late(),
        c.windowStart(),
        c.windowEnd(),
        c.delta(),
        c.events(),
        quantity,
        amount,
        c.firstAt(),
        c.lastAt(),
        c.tiers(),
        c.evidence());
  }

  private static Section section(Section s, int owner, long time, List<Row> rows) {
    return new Section(
        s.shard(), s.seq(), s.commit(), s.writerEpoch(), owner, time, s.closed(), s.steps(), rows);
  }

  private static Section section(Section s, long commit, int closed) {
    return new Section(
        s.shard(),
        s.seq(),
        commit,
        s.writerEpoch(),
        s.ownerEpoch(),
        s.time(),
        closed,
        s.steps(),
        s.rows());
  }

  private static boolean receives(Section s) {
    return s.steps().stream().anyMatch(Book.Step.Receive.class::isInstance);
  }

  private static boolean has(Section s, String verdict) {
    return s.rows().stream().anyMatch(r -> r.verdict().equals(verdict));
  }

  private static List<Row> flipped(List<Row> rows) {
    return rows.stream()
        .map(
            r ->
                new Row(
                    r.index(),
                    r.source(),
                    r.subscription(),
                    r.id(),
                    r.numbered(),
                    r.at(),
                    r.type(),
                    r.values(),
                    r.raw(),
                    "duplicate"))
        .toList();
  }

  /** The sound books with the first row that fits changed, or dropped where it becomes null. */
  private static <T> Arguments of(
      String check,
      String damage,
      Function<Book, List<T>> table,
      Predicate<T> which,
      UnaryOperator<T> change) {
    Function<Book, Book> damaged =
        book -> {
          List<T> rows = new ArrayList<>(table.apply(book));
          T row = rows.stream().filter(which).findFirst().orElseThrow();
          T changed = change.apply(row);
          int at = rows.indexOf(row);
          if (changed == null) {
            rows.remove(at);
          } else {
            rows.set(at, changed);
          }
          return with(book, table.apply(book), rows);
        };
    return Arguments.of(check, damage, damaged);
  }

  private static Book with(Book b, List<?> table, List<?> rows) {
    return new Book(
        either(b.sections(), table, rows),
        either(b.charges(), table, rows),
        either(b.postings(), table, rows),
        either(b.suspense(), table, rows),
        either(b.subscriptions(), table, rows),
        either(b.balances(), table, rows),
        either(b.counts(), table, rows),
        either(b.lines(), table, rows),
        either(b.messages(), table, rows),
        either(b.funds(), table, rows));
  }

  @SuppressWarnings("unchecked")
  private static <T> List<T> either(List<T> is, List<?> table, List<?> rows) {
    return is == table ? (List<T>) rows : is;
  }
}
