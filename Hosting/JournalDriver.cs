using ActorStack.Actors.Persistence;

namespace ActorStack.Hosting;

/// <summary>Opens journals of one kind. The package of a database registers one for each <see cref="JournalProvider"/>.</summary>
/// <param name="Provider">The kind of journal.</param>
/// <param name="Open">
/// Opens the journal at a place: the path of a file for <see cref="JournalProvider.Directory"/>, a connection string otherwise.
/// It throws <see cref="StateDirectoryException"/> or <see cref="ConnectionStoreException"/> where the place cannot be used.
/// </param>
internal sealed record JournalDriver(JournalProvider Provider, Func<string, IConnectionStore> Open);
