package io.millrace.connectors.devices;

import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a list of devices in, some at a time, and counts what became of them. Holds no more of the
 * list than those, and of what it refused the numbers of the lines.
 */
public final class DeviceIntake {
  /** Devices that are taken in at once. */
  private static final int AT_ONCE = 5_000;

  /** Takes some devices in. */
  @FunctionalInterface
  public interface Taker {
    /** Returns what became of each. */
    List<DeviceVerdict> take(List<Device> devices) throws SQLException;
  }

  private final Taker taker;
  private final int mostLines;
  private final DeviceTally tally = new DeviceTally();

  /**
   * An intake.
   *
   * @param mostLines of one list
   */
  public DeviceIntake(Taker taker, int mostLines) {
    this.taker = taker;
    this.mostLines = mostLines;
  }

  /** What has become of the lines so far. */
  public DeviceTally tally() {
    return tally;
  }

  /**
   * Takes a list in, to its end.
   *
   * @throws DevicesUnreadable where it can't be read on or is too long; what came before it is in
   * @throws IOException where the stream fails; what was taken in stays, the rest is not
   */
  public void take(DeviceLines lines) throws IOException, DevicesUnreadable, SQLException {
    List<DeviceLine.Good> some = new ArrayList<>(AT_ONCE);
    try {
      DeviceLine line;
      while ((line = lines.next()) != null) {
        if (tally.lines() + some.size() == mostLines) {
          throw new DevicesUnreadable(
              line.line(),
              "a list has " + mostLines + " devices at most. Send the rest in another");
        }
        switch (line) {
          case DeviceLine.Bad(int number, DeviceVerdict why) -> tally.count(number, why);
          case DeviceLine.Good good -> some.add(good);
        }
        if (some.size() == AT_ONCE) {
          take(some);
        }
      }
    } catch (DevicesUnreadable e) {
      take(some);
      throw e;
    }
    take(some);
  }

  private void take(List<DeviceLine.Good> some) throws SQLException {
    if (!some.isEmpty()) {
      List<DeviceVerdict> verdicts =
          taker.take(some.stream().map(DeviceLine.Good::device).toList());
      for (int i = 0; i < some.size(); i++) {
        tally.count(some.get(i).line(), verdicts.get(i));
      }
      some.clear();
    }
  }
}
