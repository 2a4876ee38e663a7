package io.millrace.connectors.tenant;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Devices as CSV: a header {@code subject,account,offer,from,to}, then a line for each. Times are
 * RFC 3339 instants; {@code to} may be empty. No quoting: a name holds no comma.
 */
public final class DeviceFile {
  private static final String HEADER = "subject,account,offer,from,to";

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
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      String line = lines.readLine();
      if (line == null || !line.strip().equals(HEADER)) {
        throw new DeviceFileRefused(
            file + ":1: the first line is not the header. Write `" + HEADER + "`");
      }
      for (int n = 2; (line = lines.readLine()) != null; n++) {
        if (!line.isBlank()) {
          devices.add(device(file, n, line));
        }
      }
    }
    return devices;
  }

  private static Device device(Path file, int n, String line) throws DeviceFileRefused {
    String[] cells = line.split(",", -1);
    if (cells.length != 5) {
      throw new DeviceFileRefused(
          file
              + ":"
              + n
              + ": "
              + cells.length
              + " cells where there are 5. Write `"
              + HEADER
              + "`");
    }
    try {
      Optional<Instant> to =
          cells[4].isBlank() ? Optional.empty() : Optional.of(Instant.parse(cells[4].strip()));
      return new Device(
          cells[0].strip(),
          cells[1].strip(),
          cells[2].strip(),
          Instant.parse(cells[3].strip()),
          to);
    } catch (DateTimeParseException e) {
      throw new DeviceFileRefused(
          file
              + ":"
              + n
              + ": `"
              + e.getParsedString()
              + "` is no time. Write one like 2026-11-01T00:00:00Z");
    } catch (IllegalArgumentException e) {
      throw new DeviceFileRefused(file + ":" + n + ": " + e.getMessage());
    }
  }
}
