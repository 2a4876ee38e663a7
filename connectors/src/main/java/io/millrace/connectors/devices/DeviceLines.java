package io.millrace.connectors.devices;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A list of devices, read one after the other; holds one line in memory. Has one reader. */
public interface DeviceLines {

  /**
   * The next device or the next line that is none; empty lines are passed over.
   *
   * @return null at the end
   * @throws DevicesUnreadable where nothing after this point can be told apart
   * @throws IOException where the stream fails
   */
  @Nullable DeviceLine next() throws IOException, DevicesUnreadable;
}
