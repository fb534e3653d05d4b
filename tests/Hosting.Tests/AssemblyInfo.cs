using System.Runtime.Versioning;

// Each test loads a machine of few cores with processes of its own.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: SupportedOSPlatform("linux")]
