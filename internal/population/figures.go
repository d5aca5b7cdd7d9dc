package population

// The published figures, in ten thousand members at the end of 2024.
// Source: 中国共产党党内统计公报, Organisation Department of the Central Committee, 30 June 2025
// (cn.chinadaily.com.cn 2025-07-02). The sums differ from the total by rounding; shares are taken.

// occupations are in the order of occupationFigures.
var occupations = [...]Occupation{Worker, Farmer, Professional, Manager, Official, Student, Other, Retired}

var occupationFigures = []float64{663.9, 2614.4, 1639.4, 1156.3, 759.2, 262.2, 784.9, 2146.9}

// bands are the age bands, each by its lowest age.
var bands = [...]int{18, 31, 36, 41, 46, 51, 56, 61}

const oldest = 110

var bandFigures = []float64{1227.2, 1076.4, 1147.5, 968.7, 904.1, 941.2, 864.6, 2897.3}

// periods are the periods of joining, each by its first day: before the founding of the People's Republic, to the
// third plenum of the eleventh congress, to the eighteenth congress, since.
var periods = [...]string{"1921-07-01", "1949-10-01", "1978-12-18", "2012-11-08"}

var periodFigures = []float64{5.4, 1230.9, 5980.0, 2810.8}

var (
	sexFigures       = []float64{10027.1 - 3099.5, 3099.5} // men, women
	ethnicityFigures = []float64{10027.1 - 773.4, 773.4}   // Han, minorities
	educationFigures = []float64{5778.6, 10027.1 - 5778.6} // junior college and above, below
)

// educations are the codes of GB/T 4658; the first three are «junior college and above».
var educations = [...]string{"10", "20", "30", "40", "60", "70", "80"}

const colleges = 3

// What is not published is assumed, and shapes the table only between the published sums: education by age and by
// occupation, sex by occupation and by age, occupation by age, minorities by occupation.
var (
	educationByBand = [8][7]float64{
		{.12, .50, .25, .06, .04, .03, .001},
		{.13, .45, .25, .07, .05, .05, .001},
		{.10, .38, .26, .09, .08, .08, .005},
		{.07, .32, .26, .11, .10, .13, .01},
		{.04, .26, .26, .12, .13, .18, .02},
		{.02, .20, .25, .13, .16, .21, .04},
		{.01, .13, .22, .13, .20, .25, .07},
		{.005, .05, .14, .12, .20, .32, .16},
	}
	educationByOccupation = [8][7]float64{
		{.05, .5, 1, 1.6, 1.6, 1.3, .8},    // worker
		{.005, .08, .35, 1, 1.6, 2.2, 2.2}, // farmer
		{2.2, 2.2, 1.2, .5, .1, .03, .005}, // professional
		{1.3, 1.7, 1.4, .6, .4, .2, .05},   // manager
		{2, 2.2, 1.1, .2, .1, .03, .005},   // official
		{.8, 1.2, .8, .3, 1.5, .02, .0001}, // student: the education completed
		{.2, .7, 1, 1, 1.2, 1.2, 1},        // other
		{.4, .9, 1.2, 1.2, 1.1, .9, .8},    // retired
	}
	womenByOccupation = [8]float64{.18, .20, .46, .32, .30, .56, .36, .30}
	womenByBand       = [8]float64{1.5, 1.4, 1.25, 1.1, 1, .9, .8, .65}
	minorByOccupation = [8]float64{.06, .10, .07, .06, .10, .09, .08, .05}
	occupationByBand  = [8][8]float64{
		// worker farmer professional manager official student other retired
		{7, 12, 22, 11, 9, 27, 12, 0},
		{9, 14, 28, 18, 13, 1, 12, 0},
		{10, 18, 27, 20, 12, 0, 11, 0},
		{10, 22, 24, 20, 12, 0, 10, 0},
		{10, 27, 20, 18, 12, 0, 9, 0},
		{9, 32, 15, 15, 11, 0, 8, 9},
		{5, 35, 10, 9, 8, 0, 8, 25},
		{.1, 33, .4, .5, .05, 0, 6, 60},
	}
)
