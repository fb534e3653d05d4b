namespace ActorStack.Hosting.Tests.Support;

/// <summary>A content root with an <c>akka.hocon</c> of the test's.</summary>
internal sealed class TemporaryRoot : IDisposable
{
    public TemporaryRoot(string hocon) => File.WriteAllText(System.IO.Path.Combine(Path, "akka.hocon"), hocon);

    public string Path { get; } = Directory.CreateTempSubdirectory("actorstack-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
