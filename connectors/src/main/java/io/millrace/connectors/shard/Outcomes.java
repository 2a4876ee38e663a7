package io.millrace.connectors.shard;

import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the rows that were taken in, by the batch and row that they came in: made only
 * where somebody wants to know. A row that no shard gave a verdict on was taken out as poison.
 */
final class Outcomes {
  private static final Outcomes UNASKED = new Outcomes(new byte[0][]);
  private static final Verdict[] VERDICTS = Verdict.values();

  /** Verdict + 1 of each row of each batch; 0 where there is none. */
  private final byte[][] verdicts;

  private final Map<Long, Reason> reasons = new HashMap<>();

  private Outcomes(byte[][] verdicts) {
    this.verdicts = verdicts;
  }

  /** Of what nothing has become yet. */
  static Outcomes of(List<Intake.Taken> taken) {
    if (taken.stream().noneMatch(Intake.Taken::wantsVerdicts)) {
      return UNASKED;
    }
    byte[][] verdicts = new byte[taken.size()][];
    for (int b = 0; b < verdicts.length; b++) {
      verdicts[b] = new byte[taken.get(b).usage().size()];
    }
    return new Outcomes(verdicts);
  }

  /** Notes what became of the rows that were part of a drain. */
  void note(NodeShards.Drained drained) {
    if (verdicts.length > 0) {
      drained.effects().forEach((shard, effects) -> take(drained.work(), shard, effects));
    }
  }

  private void take(Work work, int shard, Effects effects) {
    for (int i = 0; i < effects.verdicts.length; i++) {
      long origin = work.origin[work.from[shard] + i];
      int batch = (int) (origin >>> 32);
      if (batch < verdicts.length) { // else it was recycled
        verdicts[batch][(int) origin] = (byte) (effects.verdicts[i] + 1);
        Reason reason = effects.refusals.get(i);
        if (reason != null) {
          reasons.put(origin, reason);
        }
      }
    }
  }

  Verdict verdict(int batch, int row) {
    int verdict = verdicts[batch][row];
    return verdict == 0 ? Verdict.SUSPENDED : VERDICTS[verdict - 1];
  }

  /** Why a row is in suspense; null where it is not. */
  @Nullable Reason reason(int batch, int row) {
    if (verdict(batch, row) != Verdict.SUSPENDED) {
      return null;
    }
    return reasons.getOrDefault((long) batch << 32 | row, Reason.REFUSED);
  }
}
