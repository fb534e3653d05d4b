using System.Globalization;

namespace ActorStack.Actors.Tests.Support;

/// <summary>
/// The seeds of a test that draws its faults: few by default; as many as ACTORSTACK_SEEDS says where that is set.
/// </summary>
internal static class SeedRange
{
    private static int? Given =>
        int.TryParse(Environment.GetEnvironmentVariable("ACTORSTACK_SEEDS"), CultureInfo.InvariantCulture, out var count)
            ? count
            : null;

    /// <param name="few">The number of seeds by default.</param>
    public static IEnumerable<int> Of(int few) => Enumerable.Range(1, Given ?? few);
}
