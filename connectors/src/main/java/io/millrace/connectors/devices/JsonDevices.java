package io.millrace.connectors.devices;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Devices as one JSON array. An element of another shape harms no other; broken JSON ends it. */
final class JsonDevices implements DeviceLines {
  private final InputStream in;
  private @Nullable JsonParser parser;
  private int number;

  JsonDevices(InputStream in) {
    this.in = in;
  }

  @Override
  public @Nullable DeviceLine next() throws IOException, DevicesUnreadable {
    try {
      JsonParser array = parser;
      if (array == null) {
        array = JsonDevice.FACTORY.createParser(in);
        parser = array;
        if (array.nextToken() != JsonToken.START_ARRAY) {
          throw new DevicesUnreadable(1, "the body is no JSON array. Write `[{...}, {...}]`");
        }
      }
      JsonToken token = array.nextToken();
      if (token == JsonToken.END_ARRAY || token == null) {
        if (token != null && array.nextToken() != null) {
          throw new DevicesUnreadable(number + 1, "something follows the array. Leave it out");
        }
        return null;
      }
      return JsonDevice.read(array, ++number);
    } catch (JacksonException e) {
      throw new DevicesUnreadable(
          Math.max(1, number), "the JSON is broken in or after this element. Mend it");
    }
  }
}
