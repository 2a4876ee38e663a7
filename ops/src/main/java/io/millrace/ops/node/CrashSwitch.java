package io.millrace.ops.node;

import io.millrace.connectors.shard.CrashPoints;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Kills this process at a named point, for the crash tests: {@code -Dmillrace.crash=after-commit:3}
 * ends it, as a power cut would, when the point is come to for the third time.
 */
public final class CrashSwitch implements CrashPoints {
  /** The system property that names the point. */
  public static final String PROPERTY = "millrace.crash";

  /** The exit code of a process that was ended so: as after SIGKILL. */
  public static final int EXIT = 137;

  private final String point;
  private final AtomicInteger left;

  private CrashSwitch(String point, int times) {
    this.point = point;
    this.left = new AtomicInteger(times);
  }

  /** The switch that this process was started with; one that does nothing where it has none. */
  public static CrashPoints ofProcess() {
    String setting = System.getProperty(PROPERTY, "");
    if (setting.isEmpty()) {
      return CrashPoints.NONE;
    }
    int colon = setting.indexOf(':');
    return colon < 0
        ? new CrashSwitch(setting, 1)
        : new CrashSwitch(
            setting.substring(0, colon), Integer.parseInt(setting.substring(colon + 1)));
  }

  @Override
  public void at(String name) {
    if (name.equals(point) && left.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(EXIT);
    }
  }
}
