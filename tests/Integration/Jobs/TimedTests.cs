using Xunit;

namespace Harbor.Integration.Jobs;

/// <summary>Tests that hold the product to a time. They run when the others are done, so that it is the product's time they measure.</summary>
[CollectionDefinition(nameof(TimedTests), DisableParallelization = true)]
public sealed class TimedTests;
