package io.millrace.tests.simulation;

import io.millrace.connectors.shard.Store.Checkpoint;
import io.millrace.connectors.shard.Store.Part;
import io.millrace.connectors.shard.Store.Write;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountView;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.ShardMessage;
import io.millrace.processors.shard.SourceCounts;
import io.millrace.processors.shard.WalletView;
import io.millrace.processors.usage.UsageBatch;
import io.millrace.tests.oracle.Book;
import io.millrace.tests.oracle.Fund;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns a run into plain rows for the oracle, and holds state against journal (I6). */
final class Judgement {
  private static final List<Integer> CUSTOMERS = List.of(101, 102, 103);

  private final Simulation run;
  private final SimulatedStore truth;
  private final int shards;
  private final TreeMap<Long, Commit> commits = new TreeMap<>();

  Judgement(Simulation run, int shards) {
    this.run = run;
    this.truth = run.truth;
    this.shards = shards;
    try (JournalCodec codec = new JournalCodec()) {
      truth.journal.forEach(
          (number, written) -> {
            Write w = written.write();
            commits.put(
                number,
                codec.decode(
                    SimulatedStore.TENANT,
                    number,
                    w.rules(),
                    w.journal().rating(),
                    w.journal().evidence()));
          });
    }
  }

  static String hash(int source, byte[] raw) {
    return HexFormat.of().formatHex(Digests.suspense(source, raw));
  }

  /** Where a live shard's state is not what its journal makes. */
  List<String> replays(Map<Integer, Shard> live) {
    List<String> findings = new ArrayList<>();
    for (int s = 0; s < shards; s++) {
      byte[] state = encode(live.get(s));
      if (!Arrays.equals(state, encode(replay(new Shard(key(s), run.plan.rules(truth.rules())))))) {
        findings.add("replay: shard " + s + " is not what its journal makes");
      }
      Shard half = new Shard(key(s), run.plan.rules(truth.rules()));
      long base = 0;
      for (Checkpoint c : checkpoints(s)) {
        if (c.base() == base && c.seq() <= truth.rows[s].seq) {
          half.overlay(new ByteReader(c.body()));
          base = c.seq();
        }
      }
      if (!Arrays.equals(state, encode(replay(half)))) {
        findings.add("replay: shard " + s + " is not what its checkpoint and the rest make");
      }
    }
    return findings;
  }

  private List<Checkpoint> checkpoints(int shard) {
    TreeMap<Long, Checkpoint> all = truth.checkpoints.getOrDefault(shard, new TreeMap<>());
    long full = Long.MAX_VALUE;
    for (Checkpoint c : all.values()) {
      full = c.base() == 0 ? c.seq() : full;
    }
    return List.copyOf(all.tailMap(full).values());
  }

  private static ShardKey key(int shard) {
    return new ShardKey(SimulatedStore.TENANT, shard);
  }

  private Shard replay(Shard shard) {
    commits.forEach(
        (number, commit) -> {
          for (Section s : commit.sections()) {
            if (s.shard() == shard.key().number() && s.seq() > shard.seq()) {
              shard.adopt(run.plan.rules(truth.journal.get(number).write().rules()));
              shard.apply(number, s, commit.usage());
              shard.accept();
            }
          }
        });
    return shard;
  }

  private static byte[] encode(Shard shard) {
    ByteWriter out = new ByteWriter(1 << 12);
    shard.encode(out, 0);
    return out.toByteArray();
  }

  /** The run in plain rows. */
  Book book(Map<Integer, Shard> live) {
    List<Book.Section> sections = new ArrayList<>();
    List<Book.Charge> charges = new ArrayList<>();
    List<Book.Posting> postings = new ArrayList<>();
    List<Book.Subscribed> subscriptions = new ArrayList<>();
    truth.journal.forEach(
        (number, written) -> {
          Commit commit = commits.get(number);
          List<Part> parts = written.write().parts();
          for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            Section s = commit.sections().get(i);
            sections.add(section(number, s, commit.usage(), part.effects(), written));
            part.effects().charges.forEach(c -> charges.add(charge(part, c)));
            for (Effects.PostingRow p : part.effects().postings) {
              postings.add(
                  new Book.Posting(
                      part.shard(),
                      part.seq(),
                      p.account(),
                      p.period(),
                      p.offer(),
                      p.name(),
                      p.late(),
                      p.amount()));
            }
            for (Effects.SubscriptionRow d : part.effects().subscriptions) {
              subscriptions.add(
                  new Book.Subscribed(
                      part.shard(),
                      d.id(),
                      d.account(),
                      d.offer(),
                      d.from(),
                      d.to(),
                      d.takesOver()));
            }
          }
        });
    List<Book.Suspense> suspense = new ArrayList<>();
    truth.suspense.forEach(
        (hash, w) ->
            suspense.add(
                new Book.Suspense(
                    hash, w.row().source(), w.row().reason().code(), w.row().raw(), w.state())));
    List<Book.Balance> balances = new ArrayList<>();
    truth.balances.forEach((k, v) -> balances.add(new Book.Balance(k.get(0), k.get(1), v)));
    List<Book.Counts> counts = new ArrayList<>();
    List<Book.Line> lines = new ArrayList<>();
    live.forEach((s, shard) -> ask(s, shard, counts, lines));
    List<Book.Fund> funds = new ArrayList<>();
    for (Fund f : run.agreed().funds()) {
      live.forEach(
          (s, shard) -> {
            Optional<WalletView> wallet = shard.wallet(f.account());
            funds.add(
                new Book.Fund(
                    f.account(),
                    s,
                    wallet.map(WalletView::available).orElse(0L),
                    wallet.map(WalletView::lent).orElse(0L),
                    shard.borrowed(f.account()),
                    wallet
                        .map(w -> w.units().stream().mapToLong(WalletView.Units::left).sum())
                        .orElse(0L),
                    truth.units.getOrDefault(List.of(f.account(), s), 0L)));
          });
    }
    List<Book.Message> messages = new ArrayList<>();
    for (Message m : run.sources.messages) {
      messages.add(
          new Book.Message(
              m.kind.name().toLowerCase(Locale.ROOT),
              m.source,
              m.device,
              m.id,
              m.at,
              m.raw,
              m.acknowledged));
    }
    return new Book(
        sections,
        charges,
        postings,
        suspense,
        subscriptions,
        balances,
        counts,
        lines,
        messages,
        funds);
  }

  private static void ask(int s, Shard shard, List<Book.Counts> counts, List<Book.Line> lines) {
    for (SourceCounts c : shard.counts()) {
      counts.add(
          new Book.Counts(s, c.source(), c.received(), c.charged(), c.duplicate(), c.suspended()));
    }
    for (int account : CUSTOMERS) {
      for (AccountView.Line l : shard.account(account).map(AccountView::lines).orElse(List.of())) {
        lines.add(
            new Book.Line(s, account, l.offer(), l.charge(), l.period(), l.quantity(), l.amount()));
      }
    }
  }

  private static int left(Effects effects, long successor) {
    return effects.messages.stream()
        .filter(m -> m.message() instanceof ShardMessage.Device d && d.successor() == successor)
        .mapToInt(Effects.MessageRow::n)
        .findFirst()
        .orElse(-1);
  }

  private static Book.Step account(AccountRequest request, Effects effects) {
    AccountAnswer answer = effects.answers.get(request.key());
    return switch (request) {
      case AccountRequest.Open r -> new Book.Step.Open(r.account());
      case AccountRequest.Pay r ->
          new Book.Step.Pay(
              String.valueOf(r.key()),
              r.account(),
              r.amount(),
              answer != null && answer.repeated());
      case AccountRequest.Units r ->
          new Book.Step.Buy(
              String.valueOf(r.key()),
              r.account(),
              r.bucket(),
              r.quantity(),
              answer != null && answer.repeated());
      default -> throw new AssertionError("nobody asks for it here: " + request);
    };
  }

  private static Book.@Nullable Pool pool(Command.@Nullable Share share) {
    return share == null ? null : new Book.Pool(share.pool(), share.group());
  }

  private static Book.Section section(
      long number, Section s, UsageBatch usage, Effects effects, SimulatedStore.Written written) {
    List<Book.Step> steps = new ArrayList<>();
    for (Command command : s.commands()) {
      steps.add(
          switch (command) {
            case Command.Subscribe c ->
                new Book.Step.Subscribe(
                    c.subscription(),
                    c.account(),
                    c.offer() == 0 ? "lamp" : "water",
                    c.from(),
                    c.to(),
                    pool(c.share()));
            case Command.Suspend c -> new Book.Step.Suspend(c.source(), c.reason().code(), c.raw());
            case Command.ClosePeriod c -> new Book.Step.Close(c.period());
            case Command.Recycled c ->
                new Book.Step.Recycle(
                    c.row(), HexFormat.of().formatHex(c.rawHash()), c.override() != null);
            case Command.Discard c -> throw new AssertionError("nobody discards here: " + c);
            case Command.Move c ->
                new Book.Step.Move(
                    c.subscription(),
                    c.at(),
                    c.successor(),
                    c.shard(),
                    c.account(),
                    c.offer() == 0 ? "lamp" : "water",
                    c.to(),
                    pool(c.share()),
                    effects.refused.containsKey(c),
                    left(effects, c.successor()));
            case Command.Received c ->
                c.message() instanceof ShardMessage.Device
                    ? new Book.Step.Receive(c.from(), c.seq(), c.n())
                    : new Book.Step.Billed(c.from(), c.seq(), c.n());
            case Command.Account c -> account(c.request(), effects);
          });
    }
    List<Book.Row> rows = new ArrayList<>();
    for (int i = s.usageFrom(); i < s.usageTo(); i++) {
      List<Long> values = new ArrayList<>();
      for (int v = usage.valueFrom[i]; v < usage.valueFrom[i + 1]; v++) {
        values.add(usage.values[v]);
      }
      int verdict = effects.verdicts[i - s.usageFrom()];
      rows.add(
          new Book.Row(
              i,
              usage.source[i],
              usage.subscription[i],
              usage.eventId[i],
              usage.numbered[i],
              usage.occurredAt[i],
              usage.type[i],
              values,
              usage.rawOf(i),
              Effects.Verdict.values()[verdict].name().toLowerCase(Locale.ROOT)));
    }
    return new Book.Section(
        s.shard(),
        s.seq(),
        number,
        s.epoch(),
        written.epochs().get(s.shard()),
        s.time(),
        effects.closed,
        steps,
        rows);
  }

  private static Book.Charge charge(Part part, Effects.ChargeRow c) {
    return new Book.Charge(
        part.shard(),
        part.seq(),
        c.n(),
        c.subscription(),
        c.account(),
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
        c.evidence());
  }
}
