using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Harbor.Modules.Identity;
using Harbor.Platform.Settings;
using Harbor.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Support;

/// <summary>A real server in this process: own port, own database, own data directory.</summary>
public sealed class TestHarbor : IAsyncDisposable
{
    public const string AdminPassword = "Harbor12345";

    /// <summary>The key of the secrets in every test database.</summary>
    public const string SecretKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    /// <summary>What a password costs here: a real server's would take most of the tests' time.</summary>
    public const int PasswordRounds = 1000;

    private static int projects;

    private readonly HarborServer server;
    private readonly TemporaryDirectory? folder;
    private readonly bool ownsDatabase;
    private readonly List<HttpClient> clients = [];

    private TestHarbor(HarborServer server, TestDatabase database, string dataDirectory, TemporaryDirectory? folder, bool ownsDatabase, CapturedLogs logs)
    {
        (this.server, this.folder, this.ownsDatabase) = (server, folder, ownsDatabase);
        (Database, DataDirectory, Logs) = (database, dataDirectory, logs);
        Database.Serves(server.Services.GetRequiredService<NpgsqlDataSource>());
        Url = new Uri(server.Urls[0]);
        Anonymous = Kept(Client(Url));
        Admin = ClientAs("admin", AdminPassword);
    }

    /// <summary>Its address on the loopback interface.</summary>
    public Uri Url { get; }

    public TestDatabase Database { get; }

    public string DataDirectory { get; }

    public IServiceProvider Services => server.Services;

    public CapturedLogs Logs { get; }

    /// <summary>A client without credentials. No client here follows redirects or keeps cookies.</summary>
    public HttpClient Anonymous { get; }

    /// <summary>A client that is the administrator, by Basic authentication.</summary>
    public HttpClient Admin { get; }

    public static async Task<TestHarbor> StartAsync(TestHarborOptions? options = null)
    {
        options ??= new TestHarborOptions();
        var database = options.Database ?? await TestDatabase.CreateAsync();
        var folder = options.DataDirectory is null ? new TemporaryDirectory(inMemory: true) : null;
        var dataDirectory = options.DataDirectory ?? folder!.Path;
        var logs = new CapturedLogs();
        var server = await HarborServer.StartAsync(Settings(database.ConnectionString, dataDirectory, options), "http://127.0.0.1:0", services =>
        {
            CheapenPasswords(services);
            services.AddLogging(logging => logging.ClearProviders().AddProvider(logs));
            options.Services?.Invoke(services);
        }, CancellationToken.None);
        return new TestHarbor(server, database, dataDirectory, folder, options.Database is null, logs);
    }

    /// <summary>A second server on the same database and data directory. End it before this one.</summary>
    public Task<TestHarbor> ReplicaAsync(Action<IServiceCollection>? services = null) =>
        StartAsync(new TestHarborOptions { Database = Database, DataDirectory = DataDirectory, Services = services });

    public HttpClient ClientAs(string user, string password) => Kept(Client(Url, Basic(user, password)));

    /// <summary>A client that is another part of the installation, or tries to be.</summary>
    public HttpClient ClientWithInternalSecret(string secret) => Kept(Client(Url, new AuthenticationHeaderValue("Harbor-Secret", secret)));

    public HttpClient ClientWithToken(string token) => Kept(Client(Url, new AuthenticationHeaderValue("Bearer", token)));

    /// <summary>A client for any server that follows no redirects and keeps no cookies.</summary>
    public static HttpClient Client(Uri url, AuthenticationHeaderValue? authorization = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
        {
            BaseAddress = url,
            Timeout = TimeSpan.FromMinutes(5),
        };
        client.DefaultRequestHeaders.Authorization = authorization;
        return client;
    }

    public static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>Makes a project and answers its name.</summary>
    public async Task<string> ProjectAsync(string? name = null, bool isPublic = false)
    {
        name ??= $"project-{Interlocked.Increment(ref projects)}";
        using var made = await Admin.PostAsJsonAsync(
            "/api/v2.0/projects",
            new Dictionary<string, object> { ["project_name"] = name, ["metadata"] = new Dictionary<string, string> { ["public"] = isPublic ? "true" : "false" } });
        made.EnsureSuccessStatusCode();
        return name;
    }

    /// <summary>Shifts the database's clock, which all stored times come from, for every replica on this database.</summary>
    public Task ShiftDatabaseClockAsync(TimeSpan by) => Database.ShiftClockAsync(by);

    /// <summary>A bare connection, for requests that no HTTP client would send.</summary>
    public Task<RawConnection> ConnectAsync() => RawConnection.OpenAsync(Url.Host, Url.Port);

    /// <summary>Stops as SIGTERM does.</summary>
    public Task StopAsync() => server.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await server.DisposeAsync();
        if (ownsDatabase)
        {
            await Database.DisposeAsync();
        }

        folder?.Dispose();
    }

    internal static HarborOptions Settings(string database, string dataDirectory, TestHarborOptions options) => new()
    {
        DataDirectory = dataDirectory,
        Database = database,
        InitialAdminPassword = new Secret(AdminPassword),
        SecretKey = new Secret(SecretKey),
        ExternalUrl = options.ExternalUrl,
        GarbageGrace = options.GarbageGrace,
        UploadLifetime = options.UploadLifetime,
        ShutdownTimeout = options.ShutdownTimeout,
        ForgetDeletedUsers = options.ForgetDeletedUsers,
        CoreSecret = options.InternalSecrets.Core is { } core ? new Secret(core) : null,
        JobServiceSecret = options.InternalSecrets.JobService is { } jobService ? new Secret(jobService) : null,
        ConfigOverwrite = options.ConfigOverwrite is { } overwrite ? new Secret(overwrite) : null,
        SkipAuditLogDatabase = options.SkipAuditLogDatabase,
        Variable = options.Variables.GetValueOrDefault,
        ForgetDeletedUsersInAudit = options.ForgetDeletedUsersInAudit,
    };

    internal static void Quiet(IServiceCollection services)
    {
        CheapenPasswords(services);
        services.AddLogging(logging => logging.ClearProviders());
    }

    private static void CheapenPasswords(IServiceCollection services) => services.AddSingleton(new PasswordOptions { Rounds = PasswordRounds });

    private HttpClient Kept(HttpClient client)
    {
        clients.Add(client);
        return client;
    }
}
