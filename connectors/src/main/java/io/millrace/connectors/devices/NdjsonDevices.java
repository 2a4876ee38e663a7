package io.millrace.connectors.devices;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import io.millrace.connectors.tenant.DeviceVerdict;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Devices as JSON objects, one a line. A line that can't be read harms no other. */
final class NdjsonDevices implements DeviceLines {
  private final TextLines lines;

  NdjsonDevices(InputStream in) {
    this.lines = new TextLines(in);
  }

  @Override
  public @Nullable DeviceLine next() throws IOException {
    while (lines.next()) {
      if (lines.isTooLong()) {
        return new DeviceLine.Bad(lines.number(), DeviceVerdict.TOO_LONG);
      }
      String text = lines.text();
      if (text == null) {
        return new DeviceLine.Bad(lines.number(), DeviceVerdict.MALFORMED);
      }
      if (!text.isBlank()) {
        return device(text);
      }
    }
    return null;
  }

  private DeviceLine device(String text) throws IOException {
    try (JsonParser in = JsonDevice.FACTORY.createParser(text)) {
      in.nextToken();
      DeviceLine device = JsonDevice.read(in, lines.number());
      return in.nextToken() == null
          ? device
          : new DeviceLine.Bad(lines.number(), DeviceVerdict.MALFORMED);
    } catch (JacksonException e) {
      return new DeviceLine.Bad(lines.number(), DeviceVerdict.MALFORMED);
    }
  }
}
