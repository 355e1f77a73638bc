/** What the features are worth: linear probes and their accuracy. */
@NullMarked
package io.millrace.model.evaluation;

import org.jspecify.annotations.NullMarked;
