package io.millrace.tests.simulation;

import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.Store;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.PostingRow;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.ShardMessage;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The store with one bug between it and the nodes. */
final class PlantedStore implements Store {
  final List<NodeShards> nodes = new ArrayList<>();
  private final SimulatedStore truth;
  private final Planted bug;
  private final Rules rules;
  private final Map<Integer, byte[]> bodies = new HashMap<>();
  private int reads;

  PlantedStore(SimulatedStore truth, Planted bug, Rules rules) {
    this.truth = truth;
    this.bug = bug;
    this.rules = rules;
  }

  @Override
  public Outcome commit(Write write) {
    for (Part part : write.parts()) {
      damage(part);
    }
    Outcome outcome = truth.commit(write);
    if (outcome instanceof Outcome.Failed) {
      PlantedSlices.failed(bug, nodes, write);
    }
    return switch (outcome) {
      case Outcome.Unknown u when bug == Planted.UNKNOWN_IS_FAILED -> new Outcome.Failed(u.cause());
      case Outcome.Unknown u when bug == Planted.UNKNOWN_IS_COMMITTED ->
          new Outcome.Committed(truth.nextNumber(), Map.of());
      case Outcome.Failed f when bug == Planted.NO_UNDO -> {
        nodes.forEach(node -> node.shards().forEach(PlantedStore::keep));
        yield f;
      }
      case Outcome.Committed c when bug == Planted.NUMBER_USED_TWICE ->
          new Outcome.Committed(write.number(), c.closing());
      default -> outcome;
    };
  }

  @Override
  public boolean refuses(Write write) {
    return truth.refuses(write);
  }

  private static void keep(Shard shard) {
    try {
      shard.accept();
    } catch (AssertionError e) {
      // It had no batch open: another node's.
    }
  }

  private void damage(Part part) {
    Effects e = part.effects();
    switch (bug) {
      case LEASE_TWICE ->
          first(e, true, c -> e.charges.add(copy(c, e.charges.size(), c.amount(), c.period())));
      case LEASE_LOST -> first(e, true, e.charges::remove);
      case CHARGE_LOST -> first(e, false, e.charges::remove);
      case ROUNDED_PER_CHARGE -> e.charges.replaceAll(c -> roundedAlone(e, c));
      case LATE_BOOKED_TO_CLOSED ->
          e.charges.replaceAll(c -> c.late() ? copy(c, c.n(), c.amount(), c.period() - 1) : c);
      case SHARED_PER_ENTRY -> sharedAlone(e);
      case POSTING_OFF -> {
        if (e.postings.size() > 1) {
          e.postings.set(0, plus(e.postings.get(0), 1));
          e.postings.set(1, plus(e.postings.get(1), -1));
        }
      }
      case ENTRY_UNBALANCED -> {
        if (!e.postings.isEmpty()) {
          e.postings.set(0, plus(e.postings.get(0), 1));
        }
      }
      case SUSPENSE_LOST -> e.suspended.clear();
      case SUSPENSE_NOT_ENDED -> e.ended.clear();
      case SUBSCRIPTION_LOST -> e.subscriptions.clear();
      case MESSAGE_LOST -> e.messages.clear();
      case UNIT_POSTING_LOST -> e.unitPostings.clear();
      case SLICE_LOST ->
          e.messages.removeIf(
              m -> m.message() instanceof ShardMessage.QuotaSlice s && s.amount() > 0);
      default -> {}
    }
  }

  private static void first(Effects e, boolean lease, Consumer<ChargeRow> action) {
    e.charges.stream().filter(c -> (c.events() == 0) == lease).findFirst().ifPresent(action);
  }

  private ChargeRow roundedAlone(Effects e, ChargeRow c) {
    if (Sponsor.isLine(c.offer())) {
      return c;
    }
    OfferRules offer = rules.offers().get(rules.offerIndex(c.offer())).last();
    for (UsageCharge usage : offer.usage()) {
      if (usage.name().equals(c.name())) {
        long amount = usage.curve().amountAt(c.quantity());
        post(e, c, amount - c.amount());
        return copy(c, c.n(), amount, c.period());
      }
    }
    return c;
  }

  private static void post(Effects e, ChargeRow c, long more) {
    for (int i = 0; i < e.postings.size(); i++) {
      PostingRow p = e.postings.get(i);
      if (p.offer().equals(c.offer())
          && p.name().equals(c.name())
          && p.period() == c.period()
          && p.late() == c.late()) {
        e.postings.set(
            i,
            plus(p, p.account() == c.account() ? more : p.account() == Plan.REVENUE ? -more : 0));
      }
    }
  }

  private static void sharedAlone(Effects e) {
    for (PostingRow whole : List.copyOf(e.postings)) {
      if (whole.account() == Plan.SHARED) {
        List<Integer> parties = new ArrayList<>();
        for (int i = 0; i < e.postings.size(); i++) {
          PostingRow p = e.postings.get(i);
          if (p.name().isEmpty()
              && p.account() != Plan.SHARED
              && p.period() == whole.period()
              && p.offer().equals(whole.offer())) {
            parties.add(i);
          }
        }
        if (parties.size() == 2) {
          int percent = whole.offer().equals("lamp") ? 70 : 50;
          long rest = whole.amount() * (100 - percent) / 100;
          set(e, parties.get(0), rest - whole.amount());
          set(e, parties.get(1), -rest);
        }
      }
    }
  }

  private static void set(Effects e, int i, long amount) {
    e.postings.set(i, plus(e.postings.get(i), amount - e.postings.get(i).amount()));
  }

  private static PostingRow plus(PostingRow p, long more) {
    return new PostingRow(
        p.account(), p.period(), p.offer(), p.name(), p.late(), p.amount() + more);
  }

  private static ChargeRow copy(ChargeRow c, int n, long amount, int period) {
    return new ChargeRow(
        n,
        c.subscription(),
        c.account(),
        c.catalog(),
        c.offer(),
        c.name(),
        period,
        c.late(),
        c.windowStart(),
        c.windowEnd(),
        c.delta(),
        c.events(),
        c.quantity(),
        amount,
        c.firstAt(),
        c.lastAt(),
        c.tiers(),
        c.evidence(),
        c.digest());
  }

  @Override
  public Set<Integer> checkpoint(List<Checkpoint> checkpoints) {
    return truth.checkpoint(
        checkpoints.stream().map(c -> bug == Planted.TORN_CHECKPOINT ? torn(c) : c).toList());
  }

  @Override
  public void note(List<ChainPoint> points) {
    truth.note(points);
  }

  private Checkpoint torn(Checkpoint c) {
    byte[] before = bodies.put(c.shard(), c.body());
    return before == null ? c : with(c, before);
  }

  private static Checkpoint with(Checkpoint c, byte[] body) {
    return new Checkpoint(c.shard(), c.seq(), c.epoch(), c.number(), c.base(), c.chain(), body);
  }

  @Override
  public List<Checkpoint> checkpoints(int shard) {
    List<Checkpoint> all = truth.checkpoints(shard);
    return switch (bug) {
      case WINDOWS_NOT_RESTORED -> all.stream().map(c -> with(c, forgetful(c))).toList();
      case MEMBERS_NOT_RESTORED,
          DRAWS_NOT_RESTORED,
          SPONSORED_NOT_RESTORED,
          SLICES_NOT_RESTORED,
          UNITS_NOT_RESTORED ->
          all.stream().map(c -> with(c, forgetful(c))).toList();
      case COUNTS_NOT_RESTORED -> all.stream().map(c -> with(c, forgetful(c))).toList();
      default -> all;
    };
  }

  private byte[] forgetful(Checkpoint c) {
    Shard shard = new Shard(new ShardKey(SimulatedStore.TENANT, c.shard()), rules);
    shard.overlay(new ByteReader(c.body()));
    try {
      Object state = field(Shard.class, "state").get(shard);
      if (bug == Planted.COUNTS_NOT_RESTORED) {
        ((Map<?, ?>) field(state.getClass(), "counts").get(state)).clear();
      } else if (bug == Planted.SLICES_NOT_RESTORED) {
        PlantedSlices.forget(shard);
      } else if (bug == Planted.UNITS_NOT_RESTORED) {
        PlantedSlices.forgetUnits(shard);
      } else {
        Object subscriptions = field(state.getClass(), "subscriptions").get(state);
        Object[] values = (Object[]) field(subscriptions.getClass(), "values").get(subscriptions);
        for (Object s : values) {
          if (s != null && bug == Planted.MEMBERS_NOT_RESTORED) {
            field(s.getClass(), "memberOf").set(s, Effects.NOBODY);
          } else if (s != null && bug == Planted.SPONSORED_NOT_RESTORED) {
            field(s.getClass(), "sponsored").set(s, null);
          } else if (s != null && bug == Planted.DRAWS_NOT_RESTORED) {
            field(s.getClass(), "draws").set(s, null);
          } else if (s != null) {
            Field windows = field(s.getClass(), "windows");
            Object none =
                java.lang.reflect.Array.newInstance(windows.getType().getComponentType(), 0);
            windows.set(s, none);
            field(s.getClass(), "sources").set(s, new int[0]);
          }
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the shard's fields have other names now", e);
    }
    ByteWriter out = new ByteWriter(1 << 10);
    shard.encode(out, 0);
    return out.toByteArray();
  }

  static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  @Override
  public List<JournalRow> journal(long after, int most) {
    List<JournalRow> rows = truth.journal(after, most);
    return bug == Planted.JOURNAL_ROW_SKIPPED && rows.size() > 1 && reads++ % 3 == 0
        ? rows.subList(1, rows.size())
        : rows;
  }

  @Override
  public List<Letter> letters(Collection<Integer> to, Collection<Pair> held, int most) {
    List<Letter> letters = truth.letters(to, held, most);
    return switch (bug) {
      case WINDOWS_NOT_MOVED -> letters.stream().map(PlantedLetters::withoutWindows).toList();
      case MESSAGE_TWICE -> letters.stream().flatMap(PlantedLetters::twice).toList();
      case SLICE_BACK_TWICE -> letters.stream().flatMap(PlantedSlices::backTwice).toList();
      case SLICE_GROWN -> letters.stream().map(PlantedSlices::grown).toList();
      default -> letters;
    };
  }

  @Override
  public long nextNumber() {
    return truth.nextNumber();
  }

  @Override
  public List<ShardRow> settled(List<Integer> shards) {
    return truth.settled(shards);
  }

  @Override
  public boolean renounce(String node, List<Fence> fences) {
    return truth.renounce(node, fences);
  }

  @Override
  public List<ShardRow> take(String node, int most, boolean own) {
    return truth.take(node, most, own);
  }

  @Override
  public List<ShardRow> renew(String node, Map<Integer, Integer> epochs) {
    return truth.renew(node, epochs);
  }

  @Override
  public void release(String node) {
    truth.release(node);
  }
}
