namespace ActorStack.Tests.Common.PostgreSql;

/// <summary>The programs of PostgreSQL, and why tests that need them are skipped where they are missing.</summary>
public static class PostgreSqlRequirement
{
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>Null where the tests run, and always with ACTORSTACK_REQUIRE_LINUX=1, so that CI can't miss them.</summary>
    public static string? SkipReason { get; } =
        Environment.GetEnvironmentVariable("ACTORSTACK_REQUIRE_LINUX") == "1" || (Folder is not null && Has("unshare"))
            ? null
            : "PostgreSQL is missing; install it (apt-get install postgresql)";

    /// <summary>The folder with initdb, postgres and psql of the latest installed version; null: there is none.</summary>
    public static string? Folder => Installed().Concat(Path()).FirstOrDefault(
        folder => File.Exists($"{folder}/initdb") && File.Exists($"{folder}/postgres") && File.Exists($"{folder}/psql"));

    /// <summary>Debian keeps the programs of each version in a folder that is not in the search path.</summary>
    private static IEnumerable<string> Installed() => Directory.Exists(DebianFolder)
        ? Directory.GetDirectories(DebianFolder)
            .OrderByDescending(folder => int.TryParse(System.IO.Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => $"{folder}/bin")
        : [];

    private static string[] Path() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    private static bool Has(string program) => Path().Any(folder => File.Exists($"{folder}/{program}"));
}
