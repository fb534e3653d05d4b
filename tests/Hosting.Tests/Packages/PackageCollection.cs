namespace ActorStack.Hosting.Tests.Packages;

/// <summary>The tests of the packages, which are made once.</summary>
[CollectionDefinition(nameof(PackageCollection))]
public sealed class PackageCollection : ICollectionFixture<PackageFeed>;
