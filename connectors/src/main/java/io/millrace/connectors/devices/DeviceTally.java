package io.millrace.connectors.devices;

import io.millrace.connectors.tenant.DeviceVerdict;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** How many devices of a list came to what, and on which lines those are that were refused. */
public final class DeviceTally {
  private final int[] counts = new int[DeviceVerdict.values().length];
  private final Map<DeviceVerdict, int[]> refused = new EnumMap<>(DeviceVerdict.class);

  void count(int line, DeviceVerdict verdict) {
    int n = counts[verdict.ordinal()]++;
    if (verdict.isRefusal()) {
      int[] lines = refused.getOrDefault(verdict, new int[16]);
      int[] room = n < lines.length ? lines : Arrays.copyOf(lines, n * 2);
      room[n] = line;
      refused.put(verdict, room);
    }
  }

  /** How many came to that. */
  public int count(DeviceVerdict verdict) {
    return counts[verdict.ordinal()];
  }

  /** How many lines were looked at. */
  public int lines() {
    return Arrays.stream(counts).sum();
  }

  /** The lines that were refused for that reason, ascending. */
  public int[] refused(DeviceVerdict verdict) {
    int[] lines = refused.getOrDefault(verdict, new int[0]);
    int[] copy = Arrays.copyOf(lines, counts[verdict.ordinal()]);
    Arrays.sort(copy);
    return copy;
  }
}
