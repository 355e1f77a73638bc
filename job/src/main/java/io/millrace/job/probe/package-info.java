/** What published encoders are worth: features, nearest neighbours, linear classifiers, results. */
@NullMarked
package io.millrace.job.probe;

import org.jspecify.annotations.NullMarked;
