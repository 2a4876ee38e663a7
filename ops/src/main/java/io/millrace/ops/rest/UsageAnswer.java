package io.millrace.ops.rest;

import io.millrace.connectors.mediation.IntakeFull;
import io.millrace.connectors.mediation.Verdicts;
import io.millrace.connectors.shard.ShardMoved;
import io.millrace.connectors.shard.StoreUnavailable;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is answered that has posted usage: the verdict of each event, in their order. */
final class UsageAnswer {
  private static final Logger LOG = LoggerFactory.getLogger(UsageAnswer.class);
  private static final String ACCEPTED = "{\"verdict\":\"accepted\"}";
  private static final String DUPLICATE = "{\"verdict\":\"duplicate\"}";
  private static final Map<Reason, String> SUSPENDED = suspended();

  private UsageAnswer() {}

  private static Map<Reason, String> suspended() {
    Map<Reason, String> texts = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      texts.put(reason, "{\"verdict\":\"suspended\",\"reason\":\"" + reason.code() + "\"}");
    }
    return texts;
  }

  /** The answer to a body whose events are committed, or to one that can't be on this node now. */
  static Answer of(Verdicts verdicts, @Nullable Exception failure) {
    return failure == null ? verdicts(verdicts.all()) : failed(failure);
  }

  /**
   * Written by hand: the text of a verdict is one of twelve, and there are a thousand an answer.
   */
  private static Answer verdicts(List<Verdicts.Each> all) {
    int[] counts = new int[Verdict.values().length];
    StringBuilder each = new StringBuilder(all.size() * 24);
    for (Verdicts.Each one : all) {
      counts[one.verdict().ordinal()]++;
      each.append(each.isEmpty() ? "" : ",").append(text(one));
    }
    String json =
        "{\"events\":"
            + all.size()
            + ",\"accepted\":"
            + counts[Verdict.CHARGED.ordinal()]
            + ",\"duplicate\":"
            + counts[Verdict.DUPLICATE.ordinal()]
            + ",\"suspended\":"
            + counts[Verdict.SUSPENDED.ordinal()]
            + ",\"verdicts\":["
            + each
            + "]}\n";
    return new Answer(200, "application/json", json.getBytes(StandardCharsets.US_ASCII), Map.of());
  }

  private static String text(Verdicts.Each one) {
    Reason reason = one.reason();
    return switch (one.verdict()) {
      case CHARGED -> ACCEPTED;
      case DUPLICATE -> DUPLICATE;
      case SUSPENDED -> SUSPENDED.getOrDefault(reason == null ? Reason.REFUSED : reason, DUPLICATE);
      case MOVED -> throw new IllegalStateException("told of an event that is on its way");
    };
  }

  private static Answer failed(Exception failure) {
    String again = "send all of it again; what is charged by then is a duplicate";
    return switch (failure) {
      case IntakeFull full ->
          Answer.problem(
                  429, "intake-full", "the node has as many events in flight as it takes", again)
              .with("Retry-After", "1");
      case ShardMoved moved ->
          Answer.problem(503, "shard-moved", "a shard of these events is on another node", again)
              .with("Retry-After", "2");
      case SQLException unavailable -> unavailable(again);
      case StoreUnavailable unavailable -> unavailable(again);
      default -> {
        LOG.error("posted usage was not taken in", failure);
        yield Answer.problem(500, "internal", "the request failed inside the node", again);
      }
    };
  }

  private static Answer unavailable(String again) {
    return Answer.problem(503, "database-unavailable", "the database did not answer", again)
        .with("Retry-After", "2");
  }
}
