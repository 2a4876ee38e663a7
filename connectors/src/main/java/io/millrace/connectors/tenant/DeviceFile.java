package io.millrace.connectors.tenant;

import io.millrace.connectors.devices.DeviceFormat;
import io.millrace.connectors.devices.DeviceLine;
import io.millrace.connectors.devices.DeviceLines;
import io.millrace.connectors.devices.DevicesUnreadable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The devices that a node is started with: a CSV file that is right in every line. */
public final class DeviceFile {
  private DeviceFile() {}

  /** A file that can't be used; the message says file, line, what and how to mend it. */
  public static final class DeviceFileRefused extends Exception {
    private static final long serialVersionUID = 1L;

    DeviceFileRefused(String message) {
      super(message);
    }
  }

  /** Reads all devices of a file. */
  public static List<Device> read(Path file) throws IOException, DeviceFileRefused {
    List<Device> devices = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      DeviceLines lines = DeviceFormat.CSV.read(in);
      DeviceLine line;
      while ((line = lines.next()) != null) {
        switch (line) {
          case DeviceLine.Good good -> devices.add(good.device());
          case DeviceLine.Bad bad ->
              throw new DeviceFileRefused(
                  file
                      + ":"
                      + bad.line()
                      + ": "
                      + bad.why().meaning()
                      + ". Next: "
                      + bad.why().next());
        }
      }
    } catch (DevicesUnreadable e) {
      throw new DeviceFileRefused(file + ":" + e.line() + ": " + e.getMessage());
    }
    return devices;
  }
}
