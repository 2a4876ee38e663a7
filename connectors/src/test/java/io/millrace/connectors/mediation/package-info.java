@NullUnmarked
package io.millrace.connectors.mediation;

import org.jspecify.annotations.NullUnmarked;
