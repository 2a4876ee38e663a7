/** Devices on their way in and out: the formats of bulk lists, and what the directory answers. */
@NullMarked
package io.millrace.connectors.devices;

import org.jspecify.annotations.NullMarked;
