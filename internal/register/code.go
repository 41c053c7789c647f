package register

import "strconv"

// Group says whether a service's rows carry an organisation number.
type Group string

// The groups of the organisation-number rule. Unspecified services are not
// named by it: nothing is asked of them.
const (
	Required    Group = "required"
	Optional    Group = "optional"
	Forbidden   Group = "forbidden"
	Unspecified Group = "unspecified"
)

// Service is a service code of code system 9151.
type Service struct {
	Code int
	// FirstYear and LastYear are the data years the code is for.
	FirstYear, LastYear int
	Group               Group
	// Certain is false for codes whose meaning or validity no public source
	// gives; no rule speaks about them.
	Certain bool
	// Hours tells that the service is counted in hours a week.
	Hours bool
}

// InYear tells whether the code is for that data year.
func (s Service) InYear(year int) bool { return s.FirstYear <= year && year <= s.LastYear }

// TextID returns the catalogue id of the service's name.
func (s Service) TextID() string { return "register.service." + strconv.Itoa(s.Code) }

// ServiceByCode returns the service with that code, whatever the year.
func ServiceByCode(code int) (Service, bool) {
	for _, s := range tables().services {
		if s.Code == code {
			return s, true
		}
	}
	return Service{}, false
}

// Services returns all service codes, whatever the year.
func Services() []Service { return append([]Service(nil), tables().services...) }

// Function is a function variable of code system 9111.
type Function struct {
	Code      int
	FirstYear int
	// Mandatory tells that it is one of the seventeen that a full
	// assessment holds.
	Mandatory bool
}

// InYear tells whether the variable is for that data year.
func (f Function) InYear(year int) bool { return f.FirstYear <= year }

// TextID returns the catalogue id of the variable's name.
func (f Function) TextID() string { return "register.function." + strconv.Itoa(f.Code) }

// Functions returns all function variables, whatever the year.
func Functions() []Function { return append([]Function(nil), tables().functions...) }
