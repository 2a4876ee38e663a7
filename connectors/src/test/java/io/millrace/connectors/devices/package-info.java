@NullMarked
package io.millrace.connectors.devices;

import org.jspecify.annotations.NullMarked;
