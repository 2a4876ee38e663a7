@NullMarked
package io.millrace.connectors.http;

import org.jspecify.annotations.NullMarked;
